import { ZodType } from 'zod'
import { fieldProblems } from './field-problems.ts'
import { Problem } from './problem.ts'

/** Names of the parts of a request, as a person would say them. */
const PARTS: Readonly<Record<string, string>> = {
  body: 'The body',
  params: 'The path',
  querystring: 'The query',
}

/** Fastify's validator: what does not fit is 422 with every mistake of that part of the request at once. */
export function validatorCompiler({ schema, httpPart }: { schema: unknown; httpPart?: string }) {
  const checked = zodOf(schema)
  return (data: unknown): { value: unknown } | { error: Error } => {
    const result = checked.safeParse(data)
    if (result.success) return { value: result.data }
    const text = `${PARTS[httpPart ?? ''] ?? 'The request'} does not fit: see errors.`
    return { error: new Problem(422, 'INPUT_INVALID', text, fieldProblems(result.error.issues)) }
  }
}

/** Fastify's serialiser: fields that the contract does not name do not leave the node. */
export function serializerCompiler({ schema }: { schema: unknown }) {
  const checked = zodOf(schema)
  return (data: unknown): string => JSON.stringify(checked.parse(data))
}

const unused = (): never => {
  throw new TypeError('an app without compilers has to be given its own')
}

/** For `schemaController` of an app: Fastify would load compilers, 2 MB of code, although it is given others. */
export const withoutCompilers = { compilersFactory: { buildValidator: unused, buildSerializer: unused } }

function zodOf(schema: unknown): ZodType {
  if (schema instanceof ZodType) return schema
  throw new TypeError('routes are described by zod schemas')
}
