import { basicFtp } from './basic-ftp.ts'
import type { ClientKind } from './client.ts'
import { curl } from './curl.ts'
import { ftplib, ftplibReusing } from './ftplib.ts'
import { lftp } from './lftp.ts'
import { ncftp } from './ncftp.ts'
import { tnftp } from './tnftp.ts'

/** The clients that people really use, each as its makers ship it. */
export const CLIENTS: readonly ClientKind[] = [curl, lftp, ncftp, tnftp, ftplib, basicFtp]

/** Those whose data connections can resume the TLS session of the control connection. */
export const REUSING_CLIENTS: readonly ClientKind[] = [curl, lftp, ftplibReusing, basicFtp]
