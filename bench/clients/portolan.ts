import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PASSWORD, USER, type Workshop } from '../servers/server.ts'
import type { Call, ClientKind, Order } from './client.ts'

/** How long the command may take to say what it can do, in milliseconds. */
const HELP_MS = 10_000

/** The command of this project, as a user calls it. */
export function portolan({ project, node }: Workshop): ClientKind {
  const program = join(project, 'node_modules/.bin/portolan')
  return {
    name: 'portolan',
    label: 'Portolan',
    role: 'subject',
    note: 'get, put and mirror of the command, on the Node of this run; mirror without times of files',
    missing() {
      const { stdout } = spawnSync(node, [program, '--help'], { timeout: HELP_MS, encoding: 'utf8' })
      return /\bmirror\b/.test(stdout)
        ? undefined
        : `${program} has no "mirror", or is not there: run "npm install"`
    },
    async version() {
      const manifest: unknown = JSON.parse(await readFile(join(project, 'packages/cli/package.json'), 'utf8'))
      return typeof manifest === 'object' && manifest !== null && 'version' in manifest
        ? String(manifest.version)
        : '?'
    },
    cannot: () => undefined,
    call: async (order): Promise<Call> => ({
      command: node,
      args: [program, ...commandOf(order), ...tlsOf(order)],
      env: {
        PORTOLAN_PASSWORD: PASSWORD,
        ...(order.tls ? { NODE_OPTIONS: '--tls-min-v1.3' } : {}),
      },
    }),
  }
}

function commandOf(order: Order): string[] {
  const { direction, files, local, connections } = order
  const url = `ftp://${USER}@${order.host}:${order.port}${order.remote}`
  if (files === 'one') return direction === 'down' ? ['get', url, '-o', local] : ['put', local, url]
  const [source, target] = direction === 'down' ? [url, local] : [local, url]
  // A time costs a round trip for each file; the others of the table do not keep it either, or are told not to.
  return ['mirror', source, target, '--no-time', '--parallel', String(connections)]
}

function tlsOf({ tls }: Order): string[] {
  return tls ? ['--tls', 'explicit', '--insecure'] : ['--tls', 'off']
}
