import type { Fetched, RunFile } from '@portolan/store'
import type { Step } from '../model/index.ts'

type Remember = Pick<Extract<Step, { do: 'pull' }>, 'remember'>

/** What tells before a file is fetched that it was; undefined: nothing does. */
export function keyBefore({ remember }: Remember, path: string, version: string): string | undefined {
  return remember === 'name-size-time' ? `${path}|${version}` : undefined
}

/** The same once its checksum is known. */
export function keyAfter(step: Remember, { source, version = '', checksum }: RunFile): string | undefined {
  if (step.remember === 'checksum') return checksum === undefined ? undefined : `${source}|${checksum}`
  return keyBefore(step, source, version)
}

/** Notes that a file was fetched. May be repeated. */
export async function rememberFetched(
  step: Remember,
  row: RunFile,
  fetched: Pick<Fetched, 'add'>,
  transfer: string,
  at: number,
): Promise<void> {
  const key = keyAfter(step, row)
  if (key !== undefined) await fetched.add(transfer, [key], at)
}
