import { FtpError } from '@portolan/client'
import type { RunFile } from '@portolan/store'
import type { SiteUse } from '../engine/site-clients.ts'
import { versionIfThere, versionOf } from '../files/local-version.ts'
import { temporaryName } from '../files/names.ts'
import { lookAt } from '../files/remote-look.ts'
import type { Step } from '../model/index.ts'
import { RunError } from '../run/failure.ts'
import type { ConnectionNotes } from './connection-notes.ts'
import type { StepContext } from './context.ts'
import { nameIsTaken } from './name-is-taken.ts'
import { publishRemote, wasPublished } from './publish-remote.ts'
import { sendBytes } from './send-bytes.ts'
import { verifySent } from './verify-remote.ts'

/** How often a file may change under our hands before that is a failure. */
const MOST_CHANGES = 3
/** The version of bytes of which nothing is to be kept. */
const NO_VERSION = ''

/** Everything that the delivery of one file needs. */
export interface FilePush {
  readonly step: Extract<Step, { do: 'push' }>
  readonly context: StepContext
  readonly use: SiteUse
  readonly notes: ConnectionNotes
}

/**
 * Brings one file under its final name at the partner, once, wherever it was left: sends it under a temporary name, verifies
 * it, renames it. Each is recorded before the next is begun: a row that says `verified` may have been renamed. Answers the row
 * once the name shows the file, or when it is skipped.
 */
export async function pushFile(push: FilePush, saved: RunFile): Promise<RunFile> {
  const { run } = push.context
  let row = saved
  if (row.state === 'verified') {
    if (await wasPublished(push, row)) return { ...row, state: 'published' }
    row = { ...row, state: 'moved' }
  }
  if (row.state === 'moved' && !(await isWhole(push, row))) row = { ...row, state: 'moving' }
  if (row.state !== 'moved') {
    const taken = await nameIsTaken(push, row)
    if (taken) return { ...row, state: 'skipped' }
    row = await send(push, row)
  }
  row = { ...row, state: 'verified' }
  run.setFile(row)
  await run.save()
  return publishRemote(push, row)
}

/** Sends the file under its temporary name and verifies it; anew when it has changed meanwhile. */
async function send(push: FilePush, saved: RunFile): Promise<RunFile> {
  const { run } = push.context
  const { manners, site } = push.use
  let row = saved
  for (let changes = 0; ; changes++) {
    const source = await versionOf(row.source)
    const resume = row.temporary !== undefined && row.version === source.version && row.state === 'moving'
    row = {
      ...row,
      state: 'moving',
      temporary: row.temporary ?? temporaryName(row.target, run.id, row.key, manners.dotNames),
      version: source.version,
      size: source.size,
      attempts: row.attempts + 1,
    }
    run.setFile(row)
    await run.save()
    row = await sendBytes(push, row, resume)
    const sent = await verify(push, row)
    const now = await versionIfThere(row.source)
    if (now?.version === source.version && !(sent instanceof FtpError)) {
      run.set({ bytes: run.row.bytes + source.size - row.bytes })
      const { error: _error, ...clean } = row
      return {
        ...clean,
        bytes: source.size,
        ...(sent !== undefined && { checksum: sent }),
        ...push.notes.way,
      }
    }
    // What is there is no part of the file: the next try begins at the first byte.
    row = { ...row, version: NO_VERSION }
    run.setFile(row)
    if (now?.version === source.version && sent instanceof FtpError) throw sent
    if (changes >= MOST_CHANGES) throw changesOnAndOn(row)
    run.note('warning', `${row.source} changed while it was sent to ${site.name}: it is sent anew.`)
  }
}

/** The checksum, or what is wrong. */
async function verify(
  { step, use, context }: FilePush,
  row: RunFile,
): Promise<string | undefined | FtpError> {
  if (use.site.type === 'ascii') return undefined
  try {
    const { source: local, size, temporary: path = row.target } = row
    return await verifySent(use.client, { path, local, size, by: step.verify }, context.run.signal)
  } catch (error) {
    if (error instanceof FtpError && error.code === 'FTP_VERIFY') return error
    throw error
  }
}

/** Whether all bytes that were verified are still under the temporary name. */
async function isWhole({ use, context }: FilePush, { temporary, size }: RunFile): Promise<boolean> {
  if (temporary === undefined) return false
  const look = await lookAt(use.client, temporary, context.run.signal)
  if (look.there !== 'yes') return look.there === 'unknown'
  return use.site.type === 'ascii' || look.size === undefined || look.size === size
}

function changesOnAndOn({ source }: RunFile): RunError {
  return new RunError(
    'RUN_SOURCE_CHANGED',
    `The file ${source} changed again and again while it was sent: somebody still writes it.`,
    { transient: true },
  )
}
