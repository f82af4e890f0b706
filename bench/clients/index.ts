import type { Workshop } from '../servers/server.ts'
import { basicFtp } from './basic-ftp.ts'
import type { ClientKind } from './client.ts'
import { curl } from './curl.ts'
import { lftp, lftpAsync } from './lftp.ts'
import { ncftp } from './ncftp.ts'
import { portolan } from './portolan.ts'
import { wget } from './wget.ts'

/** Every column of the clients' table, in its order. */
export function allClients(workshop: Workshop): ClientKind[] {
  return [portolan, lftp, lftpAsync, curl, ncftp, wget, basicFtp].map(make => make(workshop))
}

/** The names that `--only` takes. */
export const CLIENT_NAMES = ['portolan', 'lftp', 'lftp-async', 'curl', 'ncftp', 'wget', 'basic-ftp']
