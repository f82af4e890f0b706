import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Program } from '../processes.ts'
import { PASSWORD, PORT_FOR_EACH, type ServerKind, USER, type Workshop } from './server.ts'

/** ftp-srv, the other FTP server on Node, on the same Node. */
export function ftpSrv(workshop: Workshop): ServerKind {
  return {
    name: 'ftp-srv',
    label: 'ftp-srv',
    role: 'peer',
    mlsd: false,
    real: true,
    idleSessions: 5_000,
    passivePorts: PORT_FOR_EACH,
    note: 'one process; the password is compared in the clear; no MLSD; its log switched off',
    missing: () => undefined,
    async version() {
      const path = createRequire(join(workshop.project, 'package.json')).resolve('ftp-srv/package.json')
      const manifest: unknown = JSON.parse(await readFile(path, 'utf8'))
      return typeof manifest === 'object' && manifest !== null && 'version' in manifest
        ? String(manifest.version)
        : '?'
    },
    start({ files, port, passive, certificate }) {
      const settings = {
        files,
        port,
        user: USER,
        password: PASSWORD,
        first: passive.base,
        last: passive.base + passive.count - 1,
        certificate: certificate?.certificate,
        key: certificate?.key,
      }
      return Program.start(workshop.node, [
        fileURLToPath(new URL('./ftp-srv-server.ts', import.meta.url)),
        JSON.stringify(settings),
      ])
    },
  }
}
