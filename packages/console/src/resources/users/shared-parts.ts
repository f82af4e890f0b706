import type { FieldProblem } from '../../contract/index.ts'
import { folderProblem } from './folder-check.ts'

/** Fields that are absent are left out: the schema of settings takes no undefined. */
export function withoutAbsent(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** The mistakes of virtual folders whose folder cannot be used. */
export async function virtualFolderProblems(
  folders: readonly { readonly folder: string }[],
  dataFolder: string,
): Promise<FieldProblem[]> {
  const found = await Promise.all(folders.map(({ folder }) => folderProblem(folder, dataFolder)))
  return found.flatMap((message, place) =>
    message === undefined ? [] : [{ path: `folders[${place}].folder`, message }],
  )
}

/** The sentence over a list of mistakes. */
export function mistakes(of: string, errors: readonly FieldProblem[]): string {
  const [first] = errors
  if (errors.length === 1 && first) return `${of} cannot be saved: ${first.path} ${first.message}`
  return `${of} cannot be saved: ${errors.length} fields are wrong`
}
