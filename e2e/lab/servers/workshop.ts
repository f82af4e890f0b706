import { join } from 'node:path'
import { unpackDebian } from '../../../bench/debian.ts'
import { textOf } from '../../../bench/errors.ts'
import type { Workshop } from '../../../bench/servers/server.ts'
import { type LabKind, labKind } from './kinds.ts'

const PROJECT = join(import.meta.dirname, '../../..')
/** The benchmark's: what one has fetched, the other finds. */
const CACHE = join(PROJECT, '.cache', 'bench')

let made: Promise<Workshop> | undefined

/**
 * Fetches the servers' Debian packages unless they are there.
 *
 * @throws {BenchError} that says what to do, when they cannot be had
 */
export function openWorkshop(): Promise<Workshop> {
  made ??= unpackDebian(CACHE).then(debian => workshop(debian))
  return made
}

/**
 * Why a server cannot run here, for `skip` of a test; `false` when it can. With CI=true nothing may be left out, so it
 * is always `false` and the test fails with the reason.
 */
export async function skipServer(kind: LabKind): Promise<string | false> {
  if (process.env.CI === 'true') return false
  try {
    return (
      labKind(kind)
        .adapter(await openWorkshop())
        .missing() ?? false
    )
  } catch (error) {
    // Our own needs no package.
    return kind === 'portolan' ? false : textOf(error)
  }
}

/** A workshop for our own server, which needs no packages. */
export function workshop(debian: Workshop['debian']): Workshop {
  return { debian, project: PROJECT, ceiling: '', node: process.execPath }
}
