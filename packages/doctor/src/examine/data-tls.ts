import { openSession, type Session } from '@portolan/client'
import type { ClosingEvidence, DataTlsEvidence, Evidence, TransferEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Way } from '../ways.ts'
import type { Context } from './context.ts'
import { Beginning } from './move.ts'
import { listVerb } from './passive.ts'
import { transferBy } from './way.ts'

/** Transfers that resume: servers run out of tickets at the third, if they do. */
const RESUMED = 4

/** Lists four times with resumption of the TLS session on one control connection, then once without on another. */
export async function examineDataTls(
  context: Context,
  session: Session,
  way: Way,
): Promise<Finding<DataTlsEvidence>> {
  const transfers: DataTlsEvidence['transfers'][number][] = []
  for (let count = 0; count < RESUMED && session.usable; count++)
    transfers.push({ resume: true, transfer: await list(context, session, way) })
  const plain = await openWithoutResumption(context)
  try {
    transfers.push({ resume: false, transfer: await list(context, plain, way) })
  } finally {
    await plain.close()
  }
  const resumed = transfers.filter(({ resume }) => resume)
  const good = resumed.every(({ transfer }) => transfer.outcome === 'moved')
  const all = transfers.every(({ transfer }) => transfer.outcome === 'moved')
  return { status: good ? (all ? 'pass' : 'warn') : 'fail', evidence: { transfers } }
}

async function openWithoutResumption({ options, dialler, signal }: Context): Promise<Session> {
  const tlsOptions = { ...options.tlsOptions, resume: false }
  return openSession(
    { options: { ...options, tlsOptions }, dialler, facts: { refused: new Set() }, number: 1 },
    signal,
  )
}

function list(context: Context, session: Session, way: Way): Promise<TransferEvidence> {
  const order = { verb: listVerb(session), argument: context.folder }
  return transferBy(context, session, way, order, { sink: new Beginning() })
}

/** How the transfers so far have ended. */
export function examineClosing(evidence: Evidence, slowMs: number): Finding<ClosingEvidence> {
  const transfers = transfersOf(evidence).filter(({ outcome }) => outcome === 'moved')
  if (transfers.length === 0) return { status: 'skip', reason: 'No transfer came to its end.' }
  const truncated = transfers.filter(({ end }) => end === 'truncated').length
  const slowestMs = Math.max(...transfers.map(({ completionMs = 0 }) => completionMs))
  return {
    status: truncated > 0 || slowestMs > slowMs ? 'warn' : 'pass',
    evidence: {
      transfers: transfers.length,
      underTls: transfers.filter(({ tls }) => tls !== undefined).length,
      truncated,
      slowestMs,
    },
  }
}

function transfersOf(evidence: Evidence): readonly TransferEvidence[] {
  const { epsv, pasv, eprt, port } = evidence
  const other = evidence['other-way']
  const single = [epsv, pasv, eprt, port, other?.epsv, other?.pasv, other?.port]
  const many = evidence['data-tls']?.transfers ?? []
  return [...single.flatMap(one => one?.transfer ?? []), ...many.map(({ transfer }) => transfer)]
}
