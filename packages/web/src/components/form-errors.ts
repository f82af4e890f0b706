import type { FieldProblem } from '@portolan/console/contract'
import { ApiError } from '../api/client.ts'

/** A form that can be told its mistakes; the one of @mantine/form is one. */
interface Form {
  setErrors(errors: Record<string, string>): void
  getInitialValues?: () => unknown
}

/**
 * Mistakes of an answer as a form's: the path of the API may go deeper or stand below a prefix, a form has its fields.
 * A mistake goes to the field of its path, else to the nearest field above; what fits none is left over.
 */
export function placeProblems(
  problems: readonly FieldProblem[],
  fields: readonly string[],
): { readonly errors: Record<string, string>; readonly rest: readonly FieldProblem[] } {
  const errors: Record<string, string> = {}
  const rest: FieldProblem[] = []
  for (const problem of problems) {
    const field = nearest(problem.path, fields)
    if (field === undefined) rest.push(problem)
    else
      errors[field] = errors[field] === undefined ? problem.message : `${errors[field]}; ${problem.message}`
  }
  return { errors, rest }
}

/** The API writes places as `folders[0].path`, forms as `folders.0.path`. */
function nearest(named: string, fields: readonly string[]): string | undefined {
  const known = new Set(fields)
  const path = named.replaceAll(/\[(\d+)\]/g, '.$1')
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.'))))
    if (known.has(at)) return at
  return undefined
}

/**
 * Shows the mistakes of a refused change in its form. Answers the sentence that belongs to no field, or undefined when
 * all of it stands at the fields.
 */
export function showErrors(form: Form, error: unknown, fields: readonly string[]): string | undefined {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  const { errors, rest } = placeProblems(error.errors, fields)
  form.setErrors(errors)
  if (rest.length > 0)
    return rest.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  return Object.keys(errors).length > 0 ? undefined : error.message
}
