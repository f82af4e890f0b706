import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FtpError } from '@portolan/client'
import type { RunFile } from '@portolan/store'
import type { SiteUse } from '../engine/site-clients.ts'
import { checksumOf } from '../files/checksum.ts'
import { exists, syncPath } from '../files/local-move.ts'
import { versionIfThere } from '../files/local-version.ts'
import { publishLocal } from '../files/publish-local.ts'
import type { PostAction, Step } from '../model/index.ts'
import { RunError } from '../run/failure.ts'
import type { ConnectionNotes } from './connection-notes.ts'
import type { StepContext } from './context.ts'
import { actRemotely, acts } from './post-action.ts'
import { keyAfter, keyBefore } from './remembered.ts'
import { askFacts } from './remote-files.ts'
import { checksumAt } from './verify-remote.ts'

/** Everything that fetching one file needs. */
export interface FilePull {
  readonly step: Extract<Step, { do: 'pull' }>
  readonly context: StepContext
  readonly use: SiteUse
  readonly notes: ConnectionNotes
}

/** Tells one version of a partner's file from another: its size and its time. */
export function versionText({
  size,
  modified,
}: {
  readonly size: number | undefined
  readonly modified: number | undefined
}): string {
  return `${size ?? '?'}-${modified === undefined ? '?' : Math.floor(modified / 1000)}`
}

/**
 * Brings one file of a partner under its name here, once, wherever it was left: fetches it into a folder that nobody sees,
 * verifies it, renames it. A row that says `verified` may have been renamed.
 */
export async function pullFile(pull: FilePull, saved: RunFile): Promise<RunFile> {
  const { step, context } = pull
  const { run } = context
  let row = saved
  const temporary = row.temporary ?? row.target
  const there = row.state === 'verified' && (await versionIfThere(temporary))?.size === row.size
  if (!there) {
    if (row.state === 'verified' && (await isHere(row))) return published(row)
    const skipped = await notNeeded(pull, row)
    if (skipped) return skipped
    const fetched = await fetch(pull, row, temporary)
    if (fetched.state === 'skipped') return fetched
    row = fetched
    run.setFile(row)
    await run.save()
  }
  run.mayGoOn()
  const shown = await publishLocal(temporary, row.target, step.onExists)
  if (!shown) run.note('file', `${row.target} is there already: the file of the partner is skipped.`)
  return shown ? published(row) : discard(row, temporary)
}

async function published(row: RunFile): Promise<RunFile> {
  await rm(dirname(row.temporary ?? row.target), { recursive: true, force: true, maxRetries: 0 })
  const { error: _error, ...rest } = row
  return { ...rest, state: 'published' }
}

/** Whether the final name shows what was verified: then it was renamed before the run was taken up again. */
async function isHere({ target, size }: RunFile): Promise<boolean> {
  return (await versionIfThere(target))?.size === size
}

async function discard(row: RunFile, temporary: string): Promise<RunFile> {
  await rm(dirname(temporary), { recursive: true, force: true })
  return { ...row, state: 'skipped' }
}

/** Another run may have fetched it since it was listed; or its name may be taken. */
async function notNeeded({ step, context }: FilePull, row: RunFile): Promise<RunFile | undefined> {
  const { run, tools } = context
  const key = keyBefore(step, row.source, row.version ?? '')
  const known = key !== undefined && (await tools.fetched.known(run.row.transfer, [key])).has(key)
  if (known) {
    run.note('file', `${row.source} was fetched by another run meanwhile.`)
    return { ...row, state: 'skipped' }
  }
  if (step.onExists === 'replace' || !(await exists(row.target))) return undefined
  if (step.onExists === 'fail') throw new RunError('RUN_EXISTS', `There is a file ${row.target} already.`)
  run.note('file', `${row.target} is there already: the file of the partner is skipped.`)
  return { ...row, state: 'skipped' }
}

/** Fetches and verifies. The row that it answers is `verified`, or `skipped` for what is known by its checksum. */
async function fetch(pull: FilePull, saved: RunFile, temporary: string): Promise<RunFile> {
  const { step, context, use } = pull
  const { run, tools } = context
  const { client, site } = use
  const first = saved.attempts === 0
  const known = first ? factsOf(saved) : await askFacts(client, saved.source, run.signal)
  let row: RunFile = {
    ...saved,
    state: 'moving',
    size: known.size ?? saved.size,
    version: versionText(known),
    attempts: saved.attempts + 1,
  }
  run.setFile(row)
  await run.save()
  await mkdir(dirname(temporary), { recursive: true, mode: 0o700 })
  row = await receive(pull, row, known, temporary)
  const checksum = site.type === 'ascii' ? undefined : await verify(pull, row, known, temporary)
  const sum =
    checksum ??
    (step.remember === 'checksum'
      ? `SHA-256 ${await checksumOf(temporary, 'SHA-256', { size: row.size, signal: run.signal })}`
      : undefined)
  // What the row says has to outlive a power cut no better than the bytes do.
  await syncPath(temporary)
  row = { ...row, state: 'verified', ...(sum !== undefined && { checksum: sum }), ...pull.notes.way }
  if (step.remember !== 'checksum') return row
  const key = keyAfter(step, row)
  if (key === undefined || !(await tools.fetched.known(run.row.transfer, [key])).has(key)) return row
  run.note('file', `${row.source} has the content that was fetched before.`)
  return discard(row, temporary)
}

function factsOf({ version = '' }: RunFile): { size: number | undefined; modified: number | undefined } {
  const [, size, seconds] = /^(\d+|\?)-(\d+|\?)$/.exec(version) ?? []
  return {
    size: size === undefined || size === '?' ? undefined : Number(size),
    modified: seconds === undefined || seconds === '?' ? undefined : Number(seconds) * 1000,
  }
}

async function receive(
  { use, context }: FilePull,
  row: RunFile,
  known: { readonly size: number | undefined; readonly modified: number | undefined },
  temporary: string,
): Promise<RunFile> {
  const { run } = context
  const before = run.row.bytes - row.bytes
  let bytes = 0
  const report = () => ({ bytes: before + bytes, fileRows: [{ ...row, bytes }] })
  const result = await use.client.download(row.source, temporary, {
    signal: run.signal,
    type: use.site.type,
    known,
    resume: true,
    verify: 'size',
    onProgress: received => {
      bytes = received
      run.moving(report)
    },
  })
  run.set({ bytes: before + result.bytes })
  return { ...row, bytes: result.bytes, size: result.bytes }
}

/** @returns the checksum, where the partner computes one. @throws {FtpError} `FTP_VERIFY`, `FTP_CHANGED` */
async function verify(
  { step, use, context }: FilePull,
  row: RunFile,
  known: { readonly size: number | undefined; readonly modified: number | undefined },
  temporary: string,
): Promise<string | undefined> {
  const { signal } = context.run
  const theirs = step.verify === 'checksum' ? await checksumAt(use.client, row.source, signal) : undefined
  if (!theirs) {
    const now = await askFacts(use.client, row.source, signal)
    const sameTime =
      known.modified === undefined || now.modified === undefined || isSameTime(known.modified, now.modified)
    if (sameTime && (now.size === undefined || now.size === row.size)) return undefined
    await rm(temporary, { force: true })
    throw wrong('FTP_CHANGED', `The file ${row.source} changed at the partner while it was fetched.`)
  }
  const ours = await checksumOf(temporary, theirs.algorithm, { size: row.size, signal })
  if (ours === theirs.hash) return `${theirs.algorithm} ${ours}`
  await rm(temporary, { force: true })
  throw wrong(
    'FTP_VERIFY',
    `The file ${row.source} arrived with ${theirs.algorithm} ${ours}, and the partner has ${theirs.hash}.`,
  )
}

const isSameTime = (a: number, b: number) => Math.floor(a / 1000) === Math.floor(b / 1000)

function wrong(code: 'FTP_VERIFY' | 'FTP_CHANGED', text: string): FtpError {
  return new FtpError(code, text, { phase: 'completion', retryable: true })
}

/** Does at the partner what is to be done with a file that is here: unless it is another one by now, which is not. */
export async function actOnFetched(
  action: PostAction,
  row: RunFile,
  use: SiteUse,
  context: StepContext,
): Promise<void> {
  if (!acts(action)) return
  const known = factsOf(row)
  const now = await askFacts(use.client, row.source, context.run.signal).catch((error: unknown) => {
    if (error instanceof FtpError && error.code === 'FTP_REPLY') return undefined
    throw error
  })
  const sameTime =
    known.modified === undefined || now?.modified === undefined || isSameTime(known.modified, now.modified)
  const sameSize = now?.size === undefined || known.size === undefined || now.size === known.size
  if (now && !(sameTime && sameSize)) {
    context.run.note(
      'warning',
      `${row.source} is another file at the partner now: it is left for the next run.`,
    )
    return
  }
  await actRemotely(action, row.source, use.client, context)
}
