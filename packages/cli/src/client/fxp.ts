import { type FxpProtection, fxp } from '@portolan/client'
import { UserError } from '../user-error.ts'
import type { ClientIo } from './client-io.ts'
import { type CommonFlags, runClient } from './client-run.ts'
import { lastName } from './remote-names.ts'
import { runTransfer } from './run-transfer.ts'
import { isRemote, joinRemote } from './target.ts'
import { readChoice } from './transfer-flags.ts'

/** The flags of `portolan fxp`. */
export interface FxpFlags extends CommonFlags {
  readonly protection?: string
  readonly passive?: string
  readonly resume?: boolean
  readonly ascii?: boolean
}

const PROTECTIONS: readonly FxpProtection[] = ['private', 'clear']

/** `portolan fxp SOURCE TARGET`: one server sends a file to another. */
export async function copyBetween(from: string, to: string, flags: FxpFlags, io: ClientIo): Promise<number> {
  const wrong = [from, to].find(text => !isRemote(text))
  if (wrong !== undefined)
    throw new UserError(
      `fxp copies from server to server, and ${JSON.stringify(wrong)} is here: use get or put`,
    )
  const protection = readChoice('--protection', flags.protection, PROTECTIONS)
  const passive = readChoice('--passive', flags.passive, ['source', 'target'] as const)
  return runClient(flags, io, { resumeWith: '--resume' }, async run => {
    const source = await run.remotes.find(from)
    const target = await run.remotes.find(to)
    const name = lastName(source.path)
    if (name === '') throw new UserError('fxp copies one file: the first URL has to end in its name')
    const intoFolder = target.path === '' || target.path.endsWith('/')
    const path = intoFolder ? joinRemote(target.path, name) : target.path
    await runTransfer(run, {
      remote: source,
      direction: 'upload',
      name: source.path,
      kept: false,
      run: async () => {
        const { bytes = 0, resumedAt } = await fxp(source.client, source.path, target.client, path, {
          signal: run.signal,
          type: flags.ascii ? 'ascii' : 'binary',
          resume: flags.resume ?? false,
          ...(protection && { protection }),
          ...(passive && { passive }),
        })
        return { bytes, resumedAt, to: `${target.server.name} ${path}` }
      },
    })
  })
}
