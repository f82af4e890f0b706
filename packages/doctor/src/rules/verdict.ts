/** How sure a verdict is: `certain` is proved by the evidence, `likely` explains it best, `possible` would explain it. */
export type Confidence = 'certain' | 'likely' | 'possible'

/** `error`: what was asked for does not work. `warning`: it works, and others or the next change may break it. `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note'

/** What can be changed, and where. A sentence or two each; absent where nothing helps. */
export interface Fixes {
  readonly client?: string
  readonly server?: string
  readonly network?: string
}

/** What the evidence means. */
export interface Verdict {
  readonly code: VerdictCode
  readonly confidence: Confidence
  readonly severity: Severity
  /** One plain paragraph. */
  readonly text: string
  readonly fixes: Fixes
}

/**
 * Every verdict, the causes before what they cause: of two that are equally severe, the one that stands first here is
 * reported first. Stable across releases.
 */
const VERDICT_CODES = [
  'NAME_UNKNOWN',
  'PROXY_FAILED',
  'LOCAL_FIREWALL',
  'CONTROL_REFUSED',
  'CONTROL_FILTERED',
  'UNREACHABLE',
  'THIS_IS_SFTP',
  'NOT_FTP',
  'WRONG_PORT_MODE',
  'SERVER_BUSY',
  'NO_GREETING',
  'GREETING_CUT',
  'ALG_BLOCKS_AUTH',
  'MIDDLEBOX_KILLS_TLS',
  'NO_TLS',
  'CERT_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_WRONG_NAME',
  'CERT_SELF_SIGNED',
  'CERT_UNKNOWN_ISSUER',
  'CERT_PIN_MISMATCH',
  'CERT_REJECTED',
  'OLD_TLS',
  'TLS_FAILED',
  'TLS_REQUIRED',
  'TOO_MANY_CONNECTIONS',
  'LOGIN_FAILED',
  'LOGIN_BROKE',
  'ALG_DROPS',
  'NAT_HELPER_NEEDED',
  'ALG_REWRITES_PASV',
  'ALG_BLOCKS_EPSV',
  'ALG_KNOWS_ONLY_PASV',
  'SEPARATE_DATA_HOST',
  'PASSIVE_RANGE_CLOSED',
  'PASSIVE_RANGE_PARTLY_OPEN',
  'SERVER_ADVERTISES_PRIVATE',
  'WRONG_EXTERNAL_ADDRESS',
  'PASSIVE_REFUSED',
  'ANSWERED_BY_PROXY',
  'NO_DATA_ENCRYPTION',
  'TICKETS_NOT_RESUMED',
  'TICKETS_EXHAUSTED',
  'SESSION_REUSE_REQUIRED',
  'DATA_TLS_FAILED',
  'ALG_REWRITES_PORT',
  'CLIENT_BEHIND_NAT',
  'ACTIVE_REFUSED_BY_CONNECTOR',
  'ACTIVE_REFUSED_BY_SERVER',
  'CLIENT_PORT_CLOSED',
  'ACTIVE_WRONG_SOURCE',
  'INCOMING_FILTERED',
  'ALG_FIXES_PORT',
  'LISTING_REFUSED',
  'TRANSFER_BROKE',
  'MTU_BLACKHOLE',
  'DATA_TAINTED',
  'ASCII_CONVERSION',
  'WRITE_REFUSED',
  'WRITE_NOT_REMOVED',
  'NO_WAY_FOUND',
  'IPV6_BROKEN',
  'PARTIAL_DNS',
  'ALG_STRIPS_FEAT',
  'INSPECTION_MASKS_BANNER',
  'NO_CLOSE_NOTIFY',
  'NAT_IDLE_RESET',
  'NAT_IDLE_DROP',
  'SERVER_IDLE',
  'SLOW_GREETING',
  'SLOW_LOGIN',
  'SLOW_COMPLETION',
  'NOOP_IN_TRANSFER',
  'LISTING_UNPARSED',
  'SESSIONS_LIMITED',
  'CERT_ENDS_SOON',
  'ALL_GOOD',
] as const

export type VerdictCode = (typeof VERDICT_CODES)[number]

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note']

/** Notes that stand before the word that all is well: they say for whom it is not. */
const BEFORE_GOOD: ReadonlySet<VerdictCode> = new Set(['SESSION_REUSE_REQUIRED', 'SEPARATE_DATA_HOST'])

/** Puts what explains most first. */
export function inOrder(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.toSorted((a, b) => rank(a) - rank(b))
}

function rank({ code, severity }: Verdict): number {
  const isBefore = code === 'ALL_GOOD' || BEFORE_GOOD.has(code)
  const group = SEVERITIES.indexOf(severity) * 2 + (severity === 'note' && !isBefore ? 1 : 0)
  return group * VERDICT_CODES.length + VERDICT_CODES.indexOf(code)
}
