import { UserError } from '../user-error.ts'
import type { ClientIo } from './client-io.ts'
import { type CommonFlags, runClient } from './client-run.ts'

/** The flags of `portolan cat`. */
export interface CatFlags extends CommonFlags {
  readonly ascii?: boolean
}

/** `portolan cat`: files to standard output, one after the other. Whoever reads it may stop reading. */
export async function cat(urls: readonly string[], flags: CatFlags, io: ClientIo): Promise<number> {
  if (flags.json) throw new UserError('cat writes the bytes of the files to standard output, and no JSON')
  return runClient(flags, io, {}, async run => {
    const remotes = []
    for (const url of urls) remotes.push(await run.remotes.find(url))
    for (const remote of remotes) {
      await run.attemptAt(remote, async () => {
        const ascii = flags.ascii ?? remote.type === 'ascii'
        await remote.client.download(remote.path, io.stdout, {
          signal: run.signal,
          type: ascii ? 'ascii' : 'binary',
        })
      })
    }
  })
}
