/** The keywords that are read here; there are others. */
export type JsonSchema = {
  type?: unknown
  format?: unknown
  minLength?: number
  pattern?: string
  enum?: readonly unknown[]
  not?: JsonSchema
  minimum?: number
  maximum?: number
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  anyOf?: readonly JsonSchema[]
  [keyword: string]: unknown
}
