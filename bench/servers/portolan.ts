import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LOOPBACK, launch, PASSWORD, type ServerKind, USER, type Workshop } from './server.ts'

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
    start(options) {
      const { files, port, passive, certificate, host = LOOPBACK, advertised } = options
      const args = [
        ...['serve', files],
        ...['--user', `${USER}:${PASSWORD}`],
        ...[options.implicitTls ? '--implicit-tls' : '--listen', `${host}:${port}`],
        ...['--passive-ports', `${passive.base}:${passive.count}`],
        ...['--max-per-ip', '20000', '--max-sessions', '20000'],
        ...['--idle-timeout', '3600'],
      ]
      if (options.oneWorker) args.push('--workers', '1')
      if (advertised !== undefined) args.push('--passive-address', advertised)
      if (options.requireReuse) args.push('--session-reuse', 'required')
      if (certificate !== undefined) {
        args.push('--tls-cert', certificate.certificate, '--tls-key', certificate.key)
      }
      return launch(options, workshop.node, [command, ...args])
    },
  }
}
