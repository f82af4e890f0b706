import { FtpError } from '@portolan/client'
import type { RunFile } from '@portolan/store'
import { lookAt, type RemoteLook } from '../files/remote-look.ts'
import { nameIsTaken } from './name-is-taken.ts'
import type { FilePush } from './push-file.ts'
import { checksumAt } from './verify-remote.ts'

/**
 * Renames a verified file onto its final name. What the partner has refused is recorded as not done; where nobody knows, the
 * row stays `verified`, and whoever comes next looks.
 */
export async function publishRemote(push: FilePush, row: RunFile): Promise<RunFile> {
  const { use, context } = push
  const { run } = context
  const { temporary = row.target } = row
  if (await nameIsTaken(push, row)) {
    await use.client.remove(temporary, { signal: run.signal })
    return { ...row, state: 'skipped' }
  }
  run.mayGoOn()
  try {
    await use.client.rename(temporary, row.target, { signal: run.signal })
  } catch (error) {
    if (!(error instanceof FtpError) || error.code !== 'FTP_REPLY') throw error
    await afterRefusal(push, row, temporary, error)
  }
  return { ...row, state: 'published' }
}

/** The temporary file may be gone, or a partner may not rename over what is there: then that goes first. */
async function afterRefusal(
  push: FilePush,
  row: RunFile,
  temporary: string,
  refusal: FtpError,
): Promise<void> {
  const { step, use, context } = push
  const { run } = context
  const { client } = use
  const part = await lookAt(client, temporary, run.signal)
  if (part.there === 'no') {
    run.setFile({ ...row, state: 'moving', version: '' })
    throw new FtpError(
      'FTP_VERIFY',
      `The file ${temporary} is gone at the partner before it got its final name.`,
      {
        phase: 'command',
        retryable: true,
        cause: refusal,
      },
    )
  }
  const final = step.onExists === 'replace' ? await lookAt(client, row.target, run.signal) : undefined
  if (final?.there !== 'yes') {
    run.setFile({ ...row, state: 'moved' })
    throw refusal
  }
  run.mayGoOn()
  await client.remove(row.target, { signal: run.signal })
  await client.rename(temporary, row.target, { signal: run.signal })
}

/** Whether a file that was to be renamed has been: by what the partner has under both names. */
export async function wasPublished(push: FilePush, row: RunFile): Promise<boolean> {
  const { use, context } = push
  const { run } = context
  const { client, site } = use
  const part = await lookAt(client, row.temporary ?? row.target, run.signal)
  if (part.there === 'yes') return false
  const final = await lookAt(client, row.target, run.signal)
  const published = await isPublished(push, row, part, final)
  if (published)
    run.note('file', `${row.target} was published at ${site.name} before the run was taken up again.`, {
      part: part.there,
      final: final.there,
    })
  return published
}

async function isPublished(
  { use, context }: FilePush,
  row: RunFile,
  part: RemoteLook,
  final: RemoteLook,
): Promise<boolean> {
  // Nobody but us takes the verified file away from its temporary name, and partners fetch what they were sent.
  if (final.there === 'no') return part.there === 'no'
  if (final.there === 'unknown') return false
  if (use.site.type !== 'ascii' && final.size !== undefined && final.size !== row.size) return false
  if (row.checksum === undefined) return true
  const theirs = await checksumAt(use.client, row.target, context.run.signal)
  return theirs === undefined || `${theirs.algorithm} ${theirs.hash}` === row.checksum
}
