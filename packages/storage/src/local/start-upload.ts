import * as fs from 'node:fs'
import { lutimes, rename, unlink } from 'node:fs/promises'
import { chooseBase, type UploadBase } from '../choose-base.ts'
import { failure, isFailure } from '../failure.ts'
import { inFlightName, keptName } from '../hidden-names.ts'
import type { Upload, WriteOptions } from '../storage.ts'
import { AtomicUpload } from './atomic-upload.ts'
import { changeMode, close } from './calls.ts'
import type { ConfinedNode } from './confinement.ts'
import type { LocalContext } from './context.ts'
import { createFile, openRegular, shorten } from './copy-base.ts'
import { DirectUpload } from './direct-upload.ts'
import { fromSystem, systemCode } from './system-error.ts'
import { openTarget, type UploadTarget } from './upload-target.ts'

/** A kept part can be claimed by another session between look and claim: how often to look again. */
const TRIES = 4

/** An upload's own file, before anything new is written. */
interface Draft {
  readonly fd: number
  readonly name: string
  readonly offset: number
  readonly claimed: boolean
}

/** Begins an upload. @throws {StorageError} */
export async function startUpload(
  context: LocalContext,
  path: string,
  options: WriteOptions,
): Promise<Upload> {
  const target = await openTarget(context.confinement, path, options)
  try {
    if (options.mode === 'direct') return await startDirect(context, target, options)
    const kept = keptName(options.owner, target.name)
    const draft = await draftOf(context, target, options, kept)
    context.leftovers.visit(target.folder.path)
    return new AtomicUpload(context, target, { ...draft, kept, exclusive: options.exclusive === true })
  } catch (error) {
    target[Symbol.dispose]()
    throw fromSystem(error)
  }
}

/** Begins an upload that holds a whole other file already. The caller closes `fd`. */
export async function startCopy(
  context: LocalContext,
  path: string,
  source: { readonly fd: number; readonly size: number },
  signal: AbortSignal,
): Promise<Upload> {
  const target = await openTarget(context.confinement, path, { expected: source.size })
  try {
    const draft = await newDraft(context, source.size, name =>
      context.copier.copy(source.fd, target.folder.at(name), source.size, newFileMode(context), signal),
    )
    return new AtomicUpload(context, target, { ...draft, exclusive: false })
  } catch (error) {
    target[Symbol.dispose]()
    if (signal.aborted) throw error
    throw fromSystem(error)
  }
}

/** Permission bits of a new file, before the umask of the process. */
function newFileMode({ umask = 0 }: LocalContext): number {
  return 0o666 & ~umask
}

async function draftOf(
  context: LocalContext,
  target: UploadTarget,
  options: WriteOptions,
  kept: string,
): Promise<Draft> {
  const { folder } = target
  for (let round = 0; round < TRIES; round++) {
    const part = await context.confinement.look(folder.at(kept))
    const base = chooseBase(
      options.offset ?? 0,
      target.existing?.size,
      part?.isFile() ? part.size : undefined,
    )
    const draft = await draftFrom(context, target, base, kept)
    if (draft) return draft
  }
  throw failure('STORAGE_BUSY', 'Another session is continuing that upload. Try again later.')
}

async function draftFrom(
  context: LocalContext,
  { folder, host }: UploadTarget,
  { from, offset }: UploadBase,
  kept: string,
): Promise<Draft | undefined> {
  if (from === 'kept') return claim(context, folder, kept, offset)
  if (from === 'nothing') {
    return newDraft(context, 0, name => createFile(folder.at(name), newFileMode(context)))
  }
  const source = await openRegular(host, 'read')
  try {
    return await newDraft(context, offset, name =>
      context.copier.copy(source, folder.at(name), offset, newFileMode(context)),
    )
  } finally {
    await close(source)
  }
}

/** Makes a draft under a new hidden name. */
async function newDraft(
  context: LocalContext,
  offset: number,
  create: (name: string) => Promise<number>,
): Promise<Draft> {
  const name = inFlightName()
  context.leftovers.began(name)
  try {
    const fd = await create(name)
    await applyUmask(context, fd)
    return { fd, name, offset, claimed: false }
  } catch (error) {
    context.leftovers.ended(name)
    throw error
  }
}

/** The umask of the process, or the default rules of the folder, may have taken more bits than the setting. */
async function applyUmask(context: LocalContext, fd: number): Promise<void> {
  if (context.umask === undefined) return
  const mode = newFileMode(context)
  if ((fs.fstatSync(fd).mode & 0o777) !== mode) await changeMode(fd, mode)
}

/**
 * Takes a kept part for this upload alone: of all sessions and processes that try, the rename succeeds for one.
 *
 * @returns undefined when it was not there any more, or not the one that was seen
 */
async function claim(
  context: LocalContext,
  folder: ConfinedNode,
  kept: string,
  offset: number,
): Promise<Draft | undefined> {
  const name = inFlightName()
  context.leftovers.began(name)
  let fd: number | undefined
  try {
    // Young again before it gets its new name, so that no search takes it for the file of a process that died.
    const now = context.now() / 1000
    await lutimes(folder.at(kept), now, now)
    await rename(folder.at(kept), folder.at(name))
    fd = await openRegular(folder.at(name), 'write')
    await shorten(fd, offset)
    return { fd, name, offset, claimed: true }
  } catch (error) {
    context.leftovers.ended(name)
    if (fd !== undefined) {
      await close(fd)
      await rename(folder.at(name), folder.at(kept)).catch(() => unlink(folder.at(name)).catch(() => {}))
    }
    if (systemCode(error) === 'ENOENT' || isFailure(error, 'STORAGE_BAD_OFFSET')) return undefined
    throw error
  }
}

async function startDirect(
  context: LocalContext,
  target: UploadTarget,
  options: WriteOptions,
): Promise<Upload> {
  const { existing, host } = target
  const { offset } = chooseBase(options.offset ?? 0, existing?.size, undefined)
  const mode = newFileMode(context)
  const fd = options.exclusive
    ? await createFile(host, mode)
    : await openRegular(host, 'write', existing ? undefined : mode)
  try {
    if (!existing) await applyUmask(context, fd)
    await shorten(fd, offset)
    return new DirectUpload(context, target, { fd, offset })
  } catch (error) {
    await close(fd)
    throw error
  }
}
