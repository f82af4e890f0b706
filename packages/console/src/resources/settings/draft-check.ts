import { checkSettings, type Input, parseSettings, SettingsError } from '@portolan/settings'
import { Problem } from '../../http/problem.ts'

/**
 * Checks a part of the settings by itself, as it is being edited.
 * @param at - where the part stands in the settings, and what it is called in the request
 * @throws {Problem} 422 `SETTINGS_INVALID` with every mistake
 */
export function checkDraft(input: Input, at: { readonly path: string; readonly field: string }): void {
  const mistakes = mistakesOf(input)
    .filter(({ path }) => path.startsWith(at.path))
    .map(({ path, message }) => ({ path: at.field + path.slice(at.path.length), message }))
  const [first] = mistakes
  if (first === undefined) return
  throw new Problem(422, 'SETTINGS_INVALID', `${first.path}: ${first.message}`, mistakes)
}

function mistakesOf(input: Input) {
  try {
    return checkSettings(parseSettings(input), { ephemeral: undefined }).errors
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}
