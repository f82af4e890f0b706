import type { DataConnection } from '@portolan/channels'
import type { Exchange, Session } from '@portolan/client'
import type { TransferEvidence } from '../evidence.ts'
import type { Way } from '../ways.ts'
import { announceActive } from './active.ts'
import { type Context, peerOf } from './context.ts'
import { type Bytes, move } from './move.ts'
import { agreePassive, dialPassive } from './passive.ts'

/** A range that is half open lets every other connection through. */
const TRIES = 4

/** What is to be transferred. */
export interface Order {
  readonly verb: string
  readonly argument?: string | undefined
  readonly throttle?: (bytes: number) => Promise<void> | undefined
  /** Told once the connection stands and the command is out. */
  readonly onBegun?: (exchange: Exchange) => void
}

/** Transfers by a way that is known to work. @throws {FtpError} when the session ends before it begins */
export async function transferBy(
  context: Context,
  session: Session,
  way: Way,
  order: Order,
  bytes: Bytes,
): Promise<TransferEvidence> {
  const { stepMs, signal } = context
  const opened =
    'address' in way
      ? await openPassive(context, session, way, order)
      : await announceActive(context, session, way.rung, order)
  if ('failed' in opened)
    return { verb: order.verb, outcome: 'refused', bytes: 0, ms: 0, text: opened.failed }
  order.onBegun?.(opened.exchange)
  return move(
    {
      session,
      ...opened,
      verb: order.verb,
      stepMs,
      signal,
      ...(order.throttle && { throttle: order.throttle }),
    },
    bytes,
  )
}

type Opened =
  | { readonly connection: DataConnection; readonly exchange: Exchange }
  | { readonly failed: string }

async function openPassive(
  context: Context,
  session: Session,
  way: Extract<Way, { address: string }>,
  { verb, argument }: Order,
): Promise<Opened> {
  let failed = 'no passive port'
  for (let count = 0; count < TRIES && session.usable; count++) {
    const agreed = await agreePassive(session, way.rung, context.signal)
    if (agreed.kind !== 'agreed') return { failed: `${way.rung} was refused` }
    const control = { address: peerOf(context, session), port: agreed.port }
    const endpoint = way.address === 'advertised' ? (agreed.advertised ?? control) : control
    const { connect, connection } = await dialPassive(context, session, endpoint)
    if (connection) return { connection, exchange: session.control.send(verb, argument) }
    failed = `port ${agreed.port}: ${connect.outcome}`
  }
  return { failed }
}
