import { setTimeout as sleep } from 'node:timers/promises'
import { createDialler } from '@portolan/channels'
import { FtpError, openSession, type Session } from '@portolan/client'
import type { IdleEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'

/** Between two signs of life, in milliseconds. */
const KEEP_MS = 30_000

type Probe = IdleEvidence['probes'][number]

/** Leaves sessions in silence, each as long as asked for, and two more that are kept alive as long as the longest. */
export async function examineIdle(context: Context): Promise<Finding<IdleEvidence>> {
  const { idle = [] } = context.ask
  const longest = Math.max(0, ...idle)
  if (longest === 0)
    return {
      status: 'skip',
      reason: 'It was not asked for: --idle 60,120 tries how long NAT and server bear it.',
    }
  const kept = longest * 1_000 > KEEP_MS
  const probes = await Promise.all([
    ...idle.map(seconds => probe(context, seconds, 'none')),
    ...(kept ? [probe(context, longest, 'noop'), probe(context, longest, 'tcp')] : []),
  ])
  const lost = probes.some(({ keep, outcome }) => keep === 'none' && outcome !== 'alive')
  return { status: lost ? 'warn' : 'pass', evidence: { probes } }
}

async function probe(context: Context, seconds: number, keep: Probe['keep']): Promise<Probe> {
  const { options, signal } = context
  const { proxy, bind } = options
  const dialler = createDialler({
    ...(proxy && { proxy }),
    ...(bind !== undefined && { bind }),
    keepAliveMs: keep === 'tcp' ? KEEP_MS : 0,
  })
  let session: Session
  try {
    session = await openSession({ options, dialler, facts: { refused: new Set() }, number: 1 }, signal)
  } catch (error) {
    return { seconds, keep, outcome: 'not-begun', text: textOf(error) }
  }
  try {
    await wait(session, seconds * 1_000, keep, signal)
    await session.ask('NOOP', undefined, signal)
    return { seconds, keep, outcome: 'alive' }
  } catch (error) {
    return { seconds, keep, outcome: outcomeOf(session.control.error ?? error), text: textOf(error) }
  } finally {
    await session.close()
  }
}

/** Ends early when the connection does. */
async function wait(session: Session, ms: number, keep: Probe['keep'], signal: AbortSignal): Promise<void> {
  const stop = AbortSignal.any([signal, session.control.lost])
  const until = performance.now() + ms
  for (;;) {
    const left = until - performance.now()
    if (left <= 0) return
    try {
      await sleep(keep === 'noop' ? Math.min(KEEP_MS, left) : left, undefined, { signal: stop })
    } catch {
      throw session.control.error ?? new Error('the examination was ended')
    }
    if (keep === 'noop') await session.ask('NOOP', undefined, signal)
  }
}

function outcomeOf(error: unknown): Probe['outcome'] {
  if (!(error instanceof FtpError)) return 'closed'
  if (error.code === 'FTP_TIMEOUT') return 'silent'
  if (error.reply?.code === 421) return 'said-goodbye'
  return /reset|broke/.test(error.message) ? 'reset' : 'closed'
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
