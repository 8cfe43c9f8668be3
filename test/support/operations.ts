import { describeApi } from './description.ts'

export type Operation = {
  name: string
  path: string
  method: string
  /** Takes an access token; `demanded`: and does nothing without one. */
  signedIn: boolean
  demanded: boolean
  fields: string[]
}

/** Every operation of the API description, with the names of the fields that its body may have. */
export async function operations(): Promise<Operation[]> {
  const { paths, components } = await describeApi()
  const fieldsOf = ({ $ref, properties }: { $ref?: unknown; properties?: unknown } = {}): string[] =>
    $ref ? fieldsOf(components.schemas[String($ref).split('/').at(-1) ?? '']) : Object.keys(properties ?? {})
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, requestBody }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      method: method.toUpperCase(),
      signedIn: security !== undefined,
      demanded: security?.length === 1,
      fields: fieldsOf(requestBody?.content?.['application/json']?.schema),
    })),
  )
}
