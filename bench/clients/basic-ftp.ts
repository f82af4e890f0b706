import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { PASSWORD, USER, type Workshop } from '../servers/server.ts'
import type { BasicFtpOrder } from './basic-ftp-client.ts'
import { type ClientKind, type Order, oneConnection } from './client.ts'

/** basic-ftp, the FTP client on Node, on the same Node. */
export function basicFtp({ node }: Workshop): ClientKind {
  return {
    name: 'basic-ftp',
    label: 'basic-ftp',
    role: 'peer',
    note: 'a script that calls downloadTo, uploadFrom, downloadToDir or uploadFromDir once, on the Node of this run',
    missing() {
      try {
        manifestPath()
        return undefined
      } catch {
        return 'basic-ftp is not installed: run "npm install"'
      }
    },
    async version() {
      const manifest: unknown = JSON.parse(await readFile(manifestPath(), 'utf8'))
      return typeof manifest === 'object' && manifest !== null && 'version' in manifest
        ? String(manifest.version)
        : '?'
    },
    cannot: oneConnection,
    call: async order => ({
      command: node,
      args: [fileURLToPath(new URL('./basic-ftp-client.ts', import.meta.url)), JSON.stringify(told(order))],
    }),
  }
}

function manifestPath(): string {
  return createRequire(import.meta.url).resolve('basic-ftp/package.json')
}

function told({ direction, files, tls, host, port, remote, local }: Order): BasicFtpOrder {
  return { direction, files, tls, host, port, remote, local, user: USER, password: PASSWORD }
}
