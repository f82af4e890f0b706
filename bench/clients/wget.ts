import { PASSWORD, USER } from '../servers/server.ts'
import { type ClientKind, type Order, oneConnection, versionSaid, withoutProgram } from './client.ts'

/** GNU Wget, which downloads only. */
export function wget(): ClientKind {
  return {
    name: 'wget',
    label: 'wget',
    role: 'peer',
    note: '-r for a folder, in one session (a list with -i would log in for each file); no uploads',
    missing: () => withoutProgram('wget'),
    version: async () => versionSaid('wget', ['--version'], /^GNU Wget (\S+)/),
    cannot: task => (task.direction === 'up' ? 'has no uploads' : oneConnection(task)),
    call: async order => ({ command: 'wget', args: argumentsOf(order) }),
  }
}

function argumentsOf({ files, tls, host, port, remote, local }: Order): string[] {
  // ftps:// is AUTH TLS here, unless --ftps-implicit is given.
  const url = `${tls ? 'ftps' : 'ftp'}://${USER}:${PASSWORD}@${host}:${port}${remote}`
  return [
    ...['--no-config', '--quiet'],
    ...(tls ? ['--no-check-certificate', '--secure-protocol=TLSv1_3'] : []),
    ...(files === 'one' ? ['-O', local, url] : ['-r', '-nH', '-P', local, `${url}/`]),
  ]
}
