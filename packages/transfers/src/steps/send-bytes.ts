import { FtpError } from '@portolan/client'
import type { RunFile } from '@portolan/store'
import { splitPath, temporaryName } from '../files/names.ts'
import type { FilePush } from './push-file.ts'

/** Refusals that a missing folder, or a name with a dot, may be the reason of. */
const OF_THE_NAME = new Set([501, 504, 550, 553])

/**
 * Uploads a file to its temporary name; makes the folder where it is missing, and does without the dot where the partner does
 * not take such names.
 *
 * @param resume - go on behind what is there
 */
export async function sendBytes(push: FilePush, row: RunFile, resume: boolean): Promise<RunFile> {
  try {
    return await upload(push, row, resume)
  } catch (error) {
    if (!isOfTheName(error)) throw error
    const made = await makeFolderOf(push, row)
    if (made) return upload(push, row, false).catch(again => withoutDot(push, row, again))
    return withoutDot(push, row, error)
  }
}

async function withoutDot(push: FilePush, row: RunFile, error: unknown): Promise<RunFile> {
  const { context, use } = push
  const { run } = context
  const plain = temporaryName(row.target, run.id, row.key, false)
  if (!isOfTheName(error) || row.temporary === plain) throw error
  const renamed: RunFile = { ...row, temporary: plain }
  run.setFile(renamed)
  await run.save()
  const sent = await upload(push, renamed, false).catch(() => {
    throw error
  })
  use.manners.dotNames = false
  run.note('decision', `${use.site.name} takes no names with a dot: its temporary files go without.`, {
    about: 'names',
    code: 'no-dot-names',
  })
  return sent
}

async function upload({ context, use }: FilePush, row: RunFile, resume: boolean): Promise<RunFile> {
  const { run } = context
  const { site, client } = use
  const before = run.row.bytes - row.bytes
  let bytes = row.bytes
  run.mayGoOn()
  const report = () => ({ bytes: before + bytes, fileRows: [{ ...row, bytes }] })
  await client.upload(row.source, row.temporary ?? row.target, {
    signal: run.signal,
    type: site.type,
    resume,
    size: row.size,
    onProgress: sent => {
      bytes = sent
      run.moving(report)
    },
  })
  run.set({ bytes: before + bytes })
  return { ...row, bytes }
}

/** @returns false when there is no folder to be made */
async function makeFolderOf({ context, use }: FilePush, { target }: RunFile): Promise<boolean> {
  const { folder } = splitPath(target)
  if (folder === '' || folder === '/') return false
  const { signal } = context.run
  try {
    await use.client.makeFolder(folder, { parents: true, signal })
    return true
  } catch (error) {
    if (error instanceof FtpError && error.code === 'FTP_REPLY') return false
    throw error
  }
}

function isOfTheName(error: unknown): boolean {
  return error instanceof FtpError && error.code === 'FTP_REPLY' && OF_THE_NAME.has(error.reply?.code ?? 0)
}
