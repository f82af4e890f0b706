import { basename } from 'node:path'
import {
  flagHolding,
  type LoadedSettings,
  type Problem as Mistake,
  type SettingChange,
  SettingsError,
} from '@portolan/settings'
import type { FieldProblem } from '../contract/index.ts'
import { Problem } from '../http/problem.ts'

/** A mistake for a form: the path, and in the sentence where it stands when that is not the form itself. */
export function fieldProblem({ path, message, source, line }: Mistake): FieldProblem {
  // Where else would it be: the form shows what the store says.
  if (source === undefined || source.startsWith('version ')) return { path, message }
  const place = line === undefined ? source : `${basename(source)}, line ${line}`
  return { path, message: `${message} (${place})` }
}

/** Every mistake of settings that cannot be used. @throws whatever it is, when it is something else */
export function mistakesOf(error: unknown): FieldProblem[] {
  if (error instanceof SettingsError && error.code === 'SETTINGS_INVALID')
    return error.problems.map(fieldProblem)
  throw error
}

/** 422 with every mistake. */
export function invalid(errors: readonly FieldProblem[]): Problem {
  const [first] = errors
  const detail =
    errors.length === 1 && first !== undefined
      ? [first.path, first.message].filter(Boolean).join(': ')
      : `${errors.length} settings cannot be so. Nothing was changed.`
  return new Problem(422, 'SETTINGS_INVALID', detail, errors)
}

/** 409: somebody else was faster. */
export function stale(base: number, newest: number): Problem {
  const detail = `The settings are at version ${newest} by now, and not at ${base} any more. Look at them again, then change them.`
  return new Problem(409, 'SETTINGS_STALE', detail)
}

/** What of the changes a flag of the start holds. */
export function heldByFlags(
  changes: readonly SettingChange[],
  { flags }: Pick<LoadedSettings, 'flags'>,
): FieldProblem[] {
  return changes.flatMap(change => {
    const flag = flagHolding(change, flags)
    const message = `is set by ${flag} at the start of this node: start it without the flag to change it here`
    return flag === undefined ? [] : [{ path: change.path, message }]
  })
}

/** 409 for paths that flags hold. */
export function held(errors: readonly FieldProblem[]): Problem {
  const [first] = errors
  const detail = first === undefined ? 'A flag of the start holds it.' : `${first.path} ${first.message}`
  return new Problem(409, 'SETTINGS_FLAG', detail, errors)
}

/** 409: the settings are right, and this machine cannot do them. */
export function refused(error: unknown): Problem {
  const detail = error instanceof Error ? error.message : String(error)
  return new Problem(409, 'SETTINGS_REFUSED', `${detail}. Nothing was changed.`, undefined, { cause: error })
}
