import { portolan } from '../../../bench/servers/portolan.ts'
import { proftpd } from '../../../bench/servers/proftpd.ts'
import { pureFtpd } from '../../../bench/servers/pure-ftpd.ts'
import { pyftpdlib } from '../../../bench/servers/pyftpdlib.ts'
import type { ServerKind, Workshop } from '../../../bench/servers/server.ts'
import { vsftpd } from '../../../bench/servers/vsftpd.ts'

export type LabKind = 'portolan' | 'vsftpd' | 'proftpd' | 'pure-ftpd' | 'pyftpdlib'

/** What a server can, so that a table leaves out what it cannot. */
export interface Abilities {
  /** TLS by AUTH TLS. */
  readonly tls: boolean
  /** TLS from the first byte. */
  readonly implicit: boolean
  readonly mlsd: boolean
  /** PORT and EPRT. */
  readonly active: boolean
  /** Can refuse data connections that do not resume the TLS session of the control connection. */
  readonly reuse: boolean
}

/** One server of the lab. */
export interface LabServerKind {
  readonly kind: LabKind
  readonly label: string
  readonly can: Abilities
  /** Its adapter, which the benchmark uses too: configuration and start. */
  readonly adapter: (workshop: Workshop) => ServerKind
}

const ALL: Abilities = { tls: true, implicit: true, mlsd: true, active: true, reuse: true }

/** The servers that clients are tested against, for tables. */
export const LAB_SERVERS: readonly LabServerKind[] = [
  { kind: 'portolan', label: 'Portolan', can: ALL, adapter: portolan },
  { kind: 'vsftpd', label: 'vsftpd', can: { ...ALL, mlsd: false }, adapter: vsftpd },
  { kind: 'proftpd', label: 'ProFTPD', can: ALL, adapter: proftpd },
  {
    kind: 'pure-ftpd',
    label: 'Pure-FTPd',
    can: { ...ALL, implicit: false, reuse: false },
    adapter: pureFtpd,
  },
  { kind: 'pyftpdlib', label: 'pyftpdlib', can: { ...ALL, reuse: false }, adapter: pyftpdlib },
]

/** The row of a server. */
export function labKind(kind: LabKind): LabServerKind {
  const found = LAB_SERVERS.find(one => one.kind === kind)
  if (found === undefined) throw new RangeError(`the lab has no server ${kind}`)
  return found
}
