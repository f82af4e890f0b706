import { UserError } from '../user-error.ts'
import { parseWhole } from './units.ts'

const VERIFY = ['checksum', 'size', 'none'] as const

/** `--parallel`. @throws {UserError} */
export function readParallel(text: string | undefined, standard: number): number {
  return readWhole('--parallel', text, { least: 1, most: 64, standard })
}

/** `--segments`. @throws {UserError} */
export function readSegments(text: string | undefined): number {
  return readWhole('--segments', text, { least: 1, most: 16, standard: 1 })
}

/** `--verify`; undefined is the default of the library. @throws {UserError} */
export function readVerify(text: string | undefined): (typeof VERIFY)[number] | undefined {
  return readChoice('--verify', text, VERIFY)
}

/** A flag that is one of several words. @throws {UserError} with what is allowed */
export function readChoice<T extends string>(
  flag: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (text === undefined) return undefined
  const found = choices.find(choice => choice === text)
  if (found !== undefined) return found
  const all = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
  throw new UserError(`${flag} is ${all}, and not ${JSON.stringify(text)}`)
}

/** A flag that is a number. @throws {UserError} with what is allowed */
export function readWhole(
  flag: string,
  text: string | undefined,
  { least, most, standard }: { least: number; most: number; standard: number },
): number {
  if (text === undefined) return standard
  const value = parseWhole(text, least, most)
  if (value !== undefined) return value
  throw new UserError(`${flag} is a whole number from ${least} to ${most}, and not ${JSON.stringify(text)}`)
}
