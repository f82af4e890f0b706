import { ceiling } from './ceiling.ts'
import { ftpSrv } from './ftp-srv.ts'
import { portolan } from './portolan.ts'
import { proftpd } from './proftpd.ts'
import { pureFtpd } from './pure-ftpd.ts'
import { pyftpdlib } from './pyftpdlib.ts'
import type { ServerKind, Workshop } from './server.ts'
import { vsftpd } from './vsftpd.ts'

/** Every row of the table, in its order. */
export function allServers(workshop: Workshop): ServerKind[] {
  return [portolan, vsftpd, proftpd, pureFtpd, pyftpdlib, ftpSrv, ceiling].map(make => make(workshop))
}

/** The names that `--only` takes. */
export const SERVER_NAMES = ['portolan', 'vsftpd', 'proftpd', 'pure-ftpd', 'pyftpdlib', 'ftp-srv', 'ceiling']
