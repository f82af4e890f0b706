import { randomBytes } from 'node:crypto'
import { parseRange } from '@portolan/protocol'
import type { Session } from '../session/session.ts'
import { runDownload } from '../transfer/download.ts'
import { runUpload } from '../transfer/upload.ts'
import type { Command, Commands } from './command.ts'

/** Names that STOU tries before it gives up. */
const UNIQUE_TRIES = 5

const upload = (syntax: string, run: Command['run'], needs?: 'write' | 'append'): Command => ({
  login: 'required',
  argument: needs ? 'required' : 'optional',
  syntax,
  path: needs ? { needs } : {},
  transfers: true,
  run,
})

/** Files over data connections: RFC 959 section 4.1.3, RFC 3659 section 5. */
export const TRANSFER_COMMANDS = {
  RETR: {
    login: 'required',
    argument: 'required',
    syntax: 'RETR <file>',
    path: { needs: 'read' },
    transfers: true,
    run: (session, { path }) => runDownload(session, path),
  },
  STOR: upload(
    'STOR <file>',
    (session, { path }) => {
      const prepared = session.takePrepared()
      const offset = prepared.kind === 'restart' ? prepared.offset : 0
      return runUpload(session, { command: 'STOR', path, offset })
    },
    'write',
  ),
  APPE: upload(
    'APPE <file>',
    (session, { path }) => {
      session.takePrepared()
      return runUpload(session, { command: 'APPE', path, offset: 'end' })
    },
    'append',
  ),
  STOU: upload('STOU [name]', (session, { path, argument }) =>
    storeUnique(session, argument === '' ? undefined : path),
  ),
  ALLO: {
    login: 'required',
    argument: 'required',
    syntax: 'ALLO <bytes> [R <record size>]',
    run: (session, { argument }) => allocate(session, argument),
  },
  REST: {
    login: 'required',
    argument: 'required',
    syntax: 'REST <byte>',
    features: ['REST STREAM'],
    run(session, { argument }) {
      const offset = wholeNumber(argument)
      if (offset === undefined)
        return session.say('command.bad-argument', { text: 'REST takes a number of bytes.' })
      if (offset > 0 && session.representation.type === 'ascii') {
        // Which byte of the file that is cannot be known without converting all before it (RFC 3659 section 5.2).
        return session.say('command.bad-parameter', { text: 'REST needs TYPE I. Send TYPE I first.' })
      }
      session.prepared = { kind: 'restart', offset }
      return session.say('setting.restart', { offset })
    },
  },
  RANG: {
    login: 'required',
    argument: 'required',
    syntax: 'RANG <first byte> <last byte>',
    features: ['RANG STREAM'],
    run(session, { argument }) {
      const range = parseRange(argument)
      if (range.kind === 'reset') {
        session.prepared = { kind: 'none' }
        return session.say('setting.range-reset')
      }
      if (session.representation.type === 'ascii') {
        return session.say('command.bad-parameter', { text: 'RANG needs TYPE I. Send TYPE I first.' })
      }
      session.prepared = range
      return session.say('setting.range', { start: range.start, end: range.end })
    },
  },
  ABOR: {
    login: 'any',
    argument: 'none',
    syntax: 'ABOR',
    duringTransfer: 'aborts',
    async run(session) {
      if (await session.abortTransfer()) return session.say('transfer.aborted')
      await session.data.drop()
      return session.say('transfer.nothing-to-abort')
    },
  },
} as const satisfies Commands

/** A whole number of bytes, or undefined. */
function wholeNumber(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

/** STOU: a name that nothing has; RFC 1123 section 4.1.2.9 says how the reply names it. */
async function storeUnique(session: Session, wanted: string | undefined) {
  session.takePrepared()
  const { files } = session
  for (let round = 0; round < UNIQUE_TRIES; round++) {
    const unique = randomBytes(6).toString('hex')
    const path = wanted
      ? `${wanted}${round === 0 ? '' : `.${unique}`}`
      : files.join(files.cwd, `ftp-${unique}`)
    if (!files.may('write', path)) throw session.refuse('file.denied', { permission: 'write', path })
    const taken = await files.storage.stat(path, { follow: false }).then(
      () => true,
      () => false,
    )
    if (!taken) return runUpload(session, { command: 'STOU', path, offset: 0, exclusive: true })
  }
  return session.say('file.busy', { text: 'No free name was found. Try again.' })
}

/** ALLO answers whether that much fits: a promise about the volume and the quota, not a reservation. */
async function allocate(session: Session, argument: string) {
  const bytes = wholeNumber(/^(\d+)( R \d+)?$/i.exec(argument)?.[1] ?? '')
  if (bytes === undefined)
    return session.say('command.bad-argument', { text: 'ALLO takes a number of bytes.' })
  const { freeBytes } = await session.files.storage.space(session.files.cwd)
  if (bytes > freeBytes) {
    return session.say('file.no-space', { text: `Only ${freeBytes} bytes are free on the server.` })
  }
  const left = session.account?.quota ? await session.owner.link.quotaLeft(session.account.user) : {}
  if (left.bytes !== undefined && bytes > left.bytes) {
    return session.say('file.quota', { text: `Only ${left.bytes} bytes are left of your quota.` })
  }
  return session.say('setting.allocated')
}
