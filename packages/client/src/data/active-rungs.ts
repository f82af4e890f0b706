import { lookup } from 'node:dns/promises'
import { ChannelError, decide, listenForServer } from '@portolan/channels'
import {
  addressFamily,
  formatEndpoint,
  formatEprtArgument,
  formatPortArgument,
  isAddress,
  normaliseAddress,
} from '@portolan/protocol'
import { FtpError, replyText } from '../errors.ts'
import { ACTIVE_THROUGH_PROXY } from '../options.ts'
import type { Session } from '../session/session.ts'
import type { RungOutcome } from './data-way.ts'
import { seenAddress } from './seen-address.ts'

/**
 * Listens, and tells the server where with EPRT or PORT. Through a proxy that is not even tried.
 *
 * @param acceptMs - how long the server may take to dial
 */
export async function activeRung(
  session: Session,
  rung: 'EPRT' | 'PORT',
  acceptMs: number,
  signal: AbortSignal,
): Promise<RungOutcome> {
  const { options, control } = session
  if (options.proxy) return { kind: 'left', because: ACTIVE_THROUGH_PROXY, refused: true }
  const external = await externalAddress(session, signal)
  session.decide('external-address', external.because)
  let listener: Awaited<ReturnType<typeof listenForServer>>
  try {
    listener = await listenForServer({
      bindAddress: control.local.address,
      announceAddress: external.value,
      announceBecause: external.because,
      controlPeer: control.remote.address,
      checkPeer: options.checkPeer,
      acceptMs,
      ...(options.activePorts && { range: options.activePorts }),
      onStranger: stranger =>
        session.warn(
          'stranger',
          `${formatEndpoint(stranger)} dialled the active port instead of the server: it was closed.`,
        ),
    })
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    return { kind: 'left', because: { code: 'active-no-port', text: error.message }, refused: false }
  }
  const endpoint = listener.endpoint.value
  const argument = rung === 'EPRT' ? formatEprtArgument(endpoint) : formatPortArgument(endpoint)
  let ready = false
  try {
    const reply = await session.ask(rung, argument, signal)
    ready = reply.code >= 200 && reply.code < 300
    if (ready) return { kind: 'ready', way: { rung, promise: listener } }
    const because = {
      code: `${rung.toLowerCase()}-refused`,
      text: refusal(rung, replyText(reply), endpoint.address),
    }
    // 500 and 502: the command is not known; anything else may be about this address or port alone.
    return { kind: 'left', because, refused: reply.code === 500 || reply.code === 502 }
  } finally {
    if (!ready) await listener[Symbol.asyncDispose]()
  }
}

function refusal(rung: string, text: string, address: string): string {
  return `the server refused ${rung} with ${address}: ${text}; behind NAT, set the external address at which the server can reach this machine`
}

/** The address to announce: what was set, asked for, or the local one of the control connection. */
async function externalAddress(session: Session, signal: AbortSignal) {
  const { options, control } = session
  const { externalAddress: set } = options
  const local = control.local.address
  if (set === undefined)
    return decide(local, 'active-local', `${local} is this machine’s address on the control connection`)
  if (set === 'ask') {
    const seen = await seenAddress(session, signal)
    if (seen) return decide(seen, 'active-seen', `the server sees this machine as ${seen}`)
    return decide(
      local,
      'active-not-told',
      `the server does not tell how it sees this machine: ${local} is announced`,
    )
  }
  if (isAddress(set))
    return decide(normaliseAddress(set), 'active-set', `${set} was set as the external address`)
  try {
    const family = addressFamily(control.remote.address)
    const { address } = await lookup(set, { family })
    return decide(
      normaliseAddress(address),
      'active-name',
      `${set}, set as the external address, is ${address}`,
    )
  } catch (error) {
    throw new FtpError(
      'FTP_SETTING',
      `The external address ${set} has no address of the control connection’s kind.`,
      {
        phase: 'data-setup',
        cause: error,
      },
    )
  }
}
