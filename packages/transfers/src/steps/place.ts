import { posix } from 'node:path'
import type { LocalPlace } from '../model/index.ts'
import { RunError } from '../run/failure.ts'
import type { LocalFile } from '../run/progress.ts'
import type { StepTools } from './context.ts'

/**
 * Where a place is on disk.
 * @throws {RunError} `RUN_PLACE` with the reason
 */
export async function diskPath(
  { options }: Pick<StepTools, 'options'>,
  place: LocalPlace,
  need: 'read' | 'write',
): Promise<string> {
  try {
    return await options.resolve(place, need)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new RunError('RUN_PLACE', why, { cause: error })
  }
}

/** A place below another. */
export function below(place: LocalPlace, relative: string): LocalPlace {
  if ('user' in place) return { user: place.user, path: posix.join(place.path, relative) }
  return { folder: posix.join(place.folder, relative) }
}

/** Where a person would say that a file is. */
export function placeOf({ path, seen }: LocalFile): LocalPlace {
  return seen ? { user: seen.user, path: seen.path } : { folder: path }
}

/** A file on disk as one that a run works on. */
export function localFileAt(path: string, place: LocalPlace): LocalFile {
  return { path, ...('user' in place && { seen: { user: place.user, path: place.path } }) }
}
