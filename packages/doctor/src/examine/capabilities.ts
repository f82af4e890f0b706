import type { Session } from '@portolan/client'
import type { CapabilitiesEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import { hasProbe } from './probes.ts'

const CHECKSUMS = ['HASH', 'XCRC', 'XMD5', 'XSHA', 'XSHA1', 'XSHA256', 'XSHA512', 'MD5', 'COMB']

/** What the server can besides moving files, by its own word. */
export function examineCapabilities(
  session: Session,
  { peak, limit }: { readonly peak: number; readonly limit: string | undefined },
): Finding<CapabilitiesEvidence> {
  return {
    status: 'pass',
    evidence: {
      resume: /STREAM/i.test(session.facts.features?.get('REST') ?? ''),
      size: session.has('SIZE'),
      mdtm: session.has('MDTM'),
      mfmt: session.has('MFMT'),
      mlst: session.has('MLST'),
      utf8: session.has('UTF8'),
      checksums: CHECKSUMS.filter(name => session.has(name)),
      probe: hasProbe(session),
      sessions: peak,
      ...(limit !== undefined && { sessionLimit: limit }),
    },
  }
}
