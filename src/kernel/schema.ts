import * as z from 'zod/mini'

export type Schema<Output = unknown, Input = unknown> = z.ZodMiniType<Output, Input>

/** Adds to what the documents of the API say of a schema. Two schemas are never one object, so none says it of another. */
export const described = <One extends z.core.$ZodType>(schema: One, about: z.core.GlobalMeta): One => {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), ...about })
  return schema
}

export const REQUIRED = 'This field is required.'

/** Says within a transformation what is wrong with a field. */
export function refuse(payload: z.core.ParsePayload, field: string, message: string) {
  payload.issues.push({ code: 'custom', path: [field], message, input: payload.value })
  return z.NEVER
}
