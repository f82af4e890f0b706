import { type FtpClient, FtpError } from '@portolan/client'
import { splitPath } from './names.ts'

/** What a partner has under a name. `unknown`: it does not say. */
export type RemoteLook =
  | { readonly there: 'yes'; readonly size: number | undefined }
  | { readonly there: 'no' }
  | { readonly there: 'unknown' }

/** A folder that takes files and tells nothing of them answers so. */
const FORBIDDEN = /permission|denied|not allowed|forbidden|prohibited/i

/** Looks at one file: SIZE, else MLST, else the listing of its folder. */
export async function lookAt(client: FtpClient, path: string, signal: AbortSignal): Promise<RemoteLook> {
  const size = await client.use(`the size of ${path}`, signal, 'safe', async session => {
    await session.setType('I', signal)
    return session.ask('SIZE', path, signal)
  })
  const [text] = size.lines
  if (size.code === 213 && /^\s*\d+\s*$/.test(text)) return { there: 'yes', size: Number(text) }
  if (client.facts.features?.has('MLST')) {
    const reply = await client.raw('MLST', path, { signal })
    if (reply.code === 250) return { there: 'yes', size: sizeFact(reply.lines) }
    if (reply.code === 550 && size.code === 550 && !FORBIDDEN.test(reply.lines.join(' ')))
      return { there: 'no' }
  }
  return listed(client, path, signal)
}

function sizeFact(lines: readonly string[]): number | undefined {
  const [, digits] = /\bsize=(\d+);/i.exec(lines.join('\n')) ?? []
  return digits === undefined ? undefined : Number(digits)
}

async function listed(client: FtpClient, path: string, signal: AbortSignal): Promise<RemoteLook> {
  const { folder, name } = splitPath(path)
  try {
    const { entries } = await client.list(folder === '' ? undefined : folder, { signal })
    const entry = entries.find(one => one.name === name)
    if (entry) return { there: 'yes', size: entry.size }
    // Names with a dot are often left out of a listing.
    return name.startsWith('.') ? { there: 'unknown' } : { there: 'no' }
  } catch (error) {
    if (error instanceof FtpError && error.code === 'FTP_REPLY') return { there: 'unknown' }
    throw error
  }
}
