import type { Session } from '@portolan/client'
import type {
  ActiveEvidence,
  EchoEvidence,
  FeaturesEvidence,
  OtherWayEvidence,
  PassiveEvidence,
  TlsEvidence,
} from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import { examineActive } from './active.ts'
import { begin } from './begin.ts'
import type { Context } from './context.ts'
import { examinePassive } from './passive.ts'
import { examineEcho, examineProbePasv } from './probes.ts'

/** What the other way shows besides its own evidence. */
export interface OtherWayTells {
  tls(finding: Finding<TlsEvidence>, ms: number): void
  features(evidence: FeaturesEvidence): void
  echo(finding: Finding<EchoEvidence>): void
  probePasv(finding: Finding<EchoEvidence>): void
}

/** The context of the other way, or why there is none. */
export function otherWayOf(context: Context): Context | { readonly reason: string } {
  const { options, ask } = context
  if (options.tls === 'implicit')
    return { reason: 'With TLS from the first byte, this port has no session in the clear to compare with.' }
  if (options.tls === 'explicit') {
    if (!ask.allowClear)
      return {
        reason:
          'A session in the clear would send the password readable for everybody: allow it with --allow-clear.',
      }
    return { ...context, channel: 'clear', options: { ...options, tls: 'off' } }
  }
  // The password has gone over the network in the clear already: nobody has to vouch for the certificate.
  const { pins: _pins, ...tlsOptions } = options.tlsOptions
  return {
    ...context,
    channel: 'tls',
    options: { ...options, tls: 'explicit', tlsOptions: { ...tlsOptions, verify: false } },
  }
}

/** A session under TLS where the first was in the clear, or the other way round: what reads along shows by the difference. */
export async function examineOtherWay(
  context: Context,
  tells: OtherWayTells,
): Promise<Finding<OtherWayEvidence>> {
  const { channel } = context
  let failed: string | undefined
  let noTls = false
  const session = await begin(context, {
    greeting(finding) {
      if (finding.status === 'fail') failed = finding.evidence.text ?? finding.evidence.kind
    },
    tls(finding, ms) {
      if (finding.status !== 'skip' && finding.evidence.outcome !== 'ok') {
        failed = finding.evidence.reply ?? finding.evidence.text
        noTls = finding.evidence.outcome === 'refused' && finding.evidence.listed !== true
      }
      // Whoever asked for no TLS is not failed by a server that has none.
      tells.tls(noTls && finding.status !== 'skip' ? { ...finding, status: 'warn' } : finding, ms)
    },
    login(finding) {
      if (finding.status === 'fail') failed = finding.evidence.text
    },
    features: evidence => tells.features(evidence),
  })
  if (!session) {
    if (noTls) return { status: 'skip', reason: 'The server offers no TLS to compare with.' }
    const text = failed ?? 'the session could not be begun'
    return { status: 'warn', evidence: { channel, login: 'failed', text } }
  }
  try {
    return await compare(context, session, tells)
  } finally {
    await session.close()
  }
}

async function compare(
  context: Context,
  session: Session,
  tells: OtherWayTells,
): Promise<Finding<OtherWayEvidence>> {
  const { channel } = context
  const found: { epsv?: PassiveEvidence; pasv?: PassiveEvidence; port?: ActiveEvidence } = {}
  const keep = async <K extends keyof typeof found>(
    key: K,
    finding: Finding<NonNullable<(typeof found)[K]>>,
  ) => {
    if (finding.status !== 'skip') found[key] = finding.evidence
  }
  if (channel === 'clear') {
    tells.echo(await examineEcho(context, session))
    tells.probePasv(await examineProbePasv(context, session))
  }
  await keep('epsv', await examinePassive(context, session, 'EPSV'))
  if (session.usable) await keep('pasv', await examinePassive(context, session, 'PASV'))
  if (session.usable) await keep('port', await examineActive(context, session, 'PORT'))
  const moved = found.epsv?.outcome === 'moved' || found.pasv?.outcome === 'moved'
  return { status: moved ? 'pass' : 'warn', evidence: { channel, login: 'ok', ...found } }
}
