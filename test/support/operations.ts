import { call } from './api.ts'

type Schema = { $ref?: string; properties?: Record<string, unknown> }
type Described = {
  paths: Record<
    string,
    Record<string, { security?: unknown; requestBody?: { content: Record<string, { schema: Schema }> } }>
  >
  components: { schemas: Record<string, Schema> }
}

export type Operation = { name: string; path: string; method: string; signedIn: boolean; fields: string[] }

/** Every operation of the API description, with the names of the fields that its body may have. */
export async function operations(): Promise<Operation[]> {
  const { paths, components } = await (await call('/api/openapi.json')).json<Described>()
  const fieldsOf = ({ $ref, properties }: Schema = {}): string[] =>
    $ref ? fieldsOf(components.schemas[$ref.split('/').at(-1) ?? '']) : Object.keys(properties ?? {})
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, requestBody }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      method: method.toUpperCase(),
      signedIn: security !== undefined,
      fields: fieldsOf(requestBody?.content['application/json']?.schema),
    })),
  )
}
