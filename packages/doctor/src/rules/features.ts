import type { FeaturesEvidence } from '../evidence.ts'
import { listed, type Rule } from './facts.ts'

/** Features that no honest server has under TLS alone. PBSZ, PROT and CCC it may. */
const SAME_ANYWHERE = ['AUTH', 'EPSV', 'EPRT', 'MLST', 'SIZE', 'MDTM', 'REST', 'TVFS', 'UTF8']

/** FEAT in the clear against FEAT under TLS. */
export const featureRules: Rule = ({ evidence }) => {
  const clear = evidence['features-clear']
  const tls = evidence['features-tls']
  // After the login servers tell more: like is compared with like.
  const [compared, after] = comparable(clear, tls)
  const missing = compared
    ? SAME_ANYWHERE.filter(name => !hasFeature(compared.clear, name) && hasFeature(compared.tls, name))
    : []
  const authHidden =
    evidence.tls?.outcome === 'ok' && evidence.tls.start === 'auth' && evidence.tls.listed === false
  if (missing.length === 0 && !authHidden) return []
  const hidden = [...new Set([...missing, ...(authHidden ? ['AUTH'] : [])])]
  return [
    {
      code: 'ALG_STRIPS_FEAT',
      confidence: after && missing.length > 0 ? 'certain' : authHidden ? 'likely' : 'possible',
      severity: 'warning',
      text: `The reply to FEAT is shorter in the clear than under TLS: ${listed(hidden)} ${hidden.length === 1 ? 'is' : 'are'} missing.${authHidden ? ' AUTH TLS works although FEAT does not name it.' : ''} A device on the way takes out what it does not know, so that clients do without it.`,
      fixes: {
        client: 'Ask for TLS outright (ftpes://, --tls explicit) instead of leaving it to what FEAT says.',
        network: 'Switch the FTP inspection off for this server (FTP ALG, “session helper”, “inspect ftp”).',
      },
    },
  ]
}

interface Compared {
  readonly clear: readonly string[]
  readonly tls: readonly string[]
}

function comparable(
  clear: FeaturesEvidence | undefined,
  tls: FeaturesEvidence | undefined,
): readonly [Compared | undefined, boolean] {
  if (clear?.after && tls?.after) return [{ clear: clear.after, tls: tls.after }, true]
  if (clear?.before && tls?.before) return [{ clear: clear.before, tls: tls.before }, false]
  return [undefined, false]
}

function hasFeature(lines: readonly string[], name: string): boolean {
  return lines.some(line => line.toUpperCase().split(/\s/, 1)[0] === name)
}
