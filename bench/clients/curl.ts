import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PASSWORD, USER } from '../servers/server.ts'
import { type ClientKind, type Order, versionSaid, withoutProgram } from './client.ts'

/** curl: one process that is given all files in a settings file, `-Z` for several connections. */
export function curl(): ClientKind {
  return {
    name: 'curl',
    label: 'curl',
    role: 'peer',
    note: 'at eight connections -Z; it sleeps for a second where the reply to EPSV is there sooner than it looks',
    missing: () => withoutProgram('curl'),
    version: async () => versionSaid('curl', ['--version'], /^curl (\S+)/),
    cannot: () => undefined,
    async call(order) {
      const pairs = join(order.scratch, 'pairs')
      await writeFile(pairs, pairsOf(order))
      return { command: 'curl', args: [...common(order), '--config', pairs] }
    },
  }
}

function common({ tls, connections }: Order): string[] {
  return [
    // First: no settings file of whoever runs this.
    '-q',
    ...['--silent', '--show-error', '--fail-early', '--user', `${USER}:${PASSWORD}`],
    ...(tls ? ['--ssl-reqd', '--tlsv1.3', '--insecure'] : []),
    ...(connections > 1 ? ['--parallel', '--parallel-max', String(connections)] : []),
  ]
}

/** The files as curl's settings: a URL and a path for each. */
function pairsOf(order: Pick<Order, 'direction' | 'host' | 'port' | 'remote' | 'local' | 'names'>): string {
  const { direction, host, port, remote, local, names } = order
  const root = `ftp://${host}:${port}${remote}`
  const option = direction === 'down' ? 'output' : 'upload-file'
  const pair = (url: string, path: string) => `url = "${url}"\n${option} = "${path}"\n`
  if (names.length === 0) return pair(root, local)
  return names.map(name => pair(`${root}/${name}`, join(local, name))).join('')
}
