import { isIP } from 'node:net'
import { classifyAddress } from '@portolan/channels'

/** Why a text is neither an address nor a DNS name; undefined when it is one. RFC 1123 section 2.1. */
export function hostProblem(host: string): string | undefined {
  if (isIP(host) > 0 || isHostName(host)) return undefined
  const [, inside] = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^:/[\]]+)/i.exec(host) ?? []
  const plain = inside?.replace(/^\[|\]$/g, '')
  const meant =
    plain !== undefined && plain !== host && (isIP(plain) > 0 || isHostName(plain)) ? plain : undefined
  return `must be an IP address or a DNS name${meant === undefined ? ', such as ftp.example.com' : ` alone: write ${meant}`}`
}

/** The names under which a machine knows itself (RFC 6761 section 6.3). */
const OWN_NAME = /^(localhost|.*\.localhost)\.?$/i

/** What is odd about a partner's host; undefined when nothing is. */
export function hostWarning(host: string): string | undefined {
  if (OWN_NAME.test(host)) return 'is this machine itself'
  if (isIP(host) === 0) return undefined
  switch (classifyAddress(host)) {
    case 'loopback':
      return 'is a loopback address: this machine itself'
    case 'link-local':
      return 'is a link-local address: it is reached from the same wire alone, and means another machine elsewhere'
    case 'unusable':
      return 'is an address that stands for no machine (RFC 6890)'
    default:
      return undefined
  }
}

/** A name whose last label has no letter is a mistyped address. */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.')
  const isLabel = (label: string) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label)
  return text.length <= 253 && labels.every(isLabel) && /[A-Za-z]/.test(labels.at(-1) ?? '')
}
