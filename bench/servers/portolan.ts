import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Program } from '../processes.ts'
import { PASSWORD, type ServerKind, USER, type Workshop } from './server.ts'

/** The server of this project, started as a user starts it. */
export function portolan(workshop: Workshop): ServerKind {
  const command = join(workshop.project, 'node_modules/.bin/portolan')
  return {
    name: 'portolan',
    label: 'Portolan',
    role: 'subject',
    mlsd: true,
    real: true,
    idleSessions: 5_000,
    passivePorts: { count: 1_024, shared: false },
    note: 'a worker for each core (one where memory and the event loop are measured); the password is hashed with argon2id',
    missing: () => (existsSync(command) ? undefined : `${command} is missing: run "npm install"`),
    async version() {
      const manifest: unknown = JSON.parse(
        await readFile(join(workshop.project, 'packages/cli/package.json'), 'utf8'),
      )
      return typeof manifest === 'object' && manifest !== null && 'version' in manifest
        ? String(manifest.version)
        : '?'
    },
    start({ files, port, passive, certificate, oneWorker }) {
      const args = [
        ...['serve', files],
        ...['--user', `${USER}:${PASSWORD}`],
        ...['--listen', `127.0.0.1:${port}`],
        ...['--passive-ports', `${passive.base}:${passive.count}`],
        ...['--max-per-ip', '20000', '--max-sessions', '20000'],
        ...['--idle-timeout', '3600'],
      ]
      if (oneWorker) args.push('--workers', '1')
      if (certificate !== undefined) {
        args.push('--tls-cert', certificate.certificate, '--tls-key', certificate.key)
      }
      return Program.start(command, args)
    },
  }
}
