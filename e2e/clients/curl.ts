import { findProgram, mustSucceed, runProgram } from '../support/programs.ts'
import { type ClientKind, firstMatch, nothingToClose, runIn, type Target, urlHost } from './client.ts'

/** The name at the end of a line of LIST, after mode, links, owner, group, size, and a date of three parts. */
const LIST_LINE = /^[-dl]\S{9,}\s+\d+\s+\S+\s+\S+\s+\d+ \S+ +\S+ +\S+ (.+)$/

/** curl: one URL, one process, one session. */
export const curl: ClientKind = {
  name: 'curl',
  package: 'curl',
  tls: ['none', 'explicit', 'implicit'],
  commands: { 4: ['EPSV', 'PASV', 'EPRT', 'PORT'], 6: ['EPSV', 'EPRT'] },
  cannot: ['7.87 and 7.88: no active mode under TLS, they send the file in the clear (curl issue 10666)'],
  fails: ({ mode, tls }, version) => mode === 'active' && tls !== 'none' && /^7\.8[78]\./.test(version),
  reusesSessions: true,

  async version() {
    if (findProgram('curl') === undefined) return undefined
    return firstMatch(/^curl (\S+)/, (await runProgram('curl', ['--version'])).stdout)
  },

  async connect(target) {
    const sent: string[] = []
    const run = async (...args: readonly string[]): Promise<string> => {
      const result = await runProgram('curl', [...commonArguments(target), ...args], {
        env: { HOME: target.scratch },
        ...runIn(target),
      })
      sent.push(...result.stderr.matchAll(/^> (.*?)\r?$/gm).map(([, line = '']) => line))
      return mustSucceed('curl', result).stdout
    }
    const at = (path: string) => url(target, path)
    return {
      sent,
      upload: async (local, remote) => void (await run('-T', local, at(remote))),
      download: async (remote, local) => void (await run('-o', local, at(remote))),
      resumeDownload: async (remote, local) => void (await run('-C', '-', '-o', local, at(remote))),
      resumeUpload: async (local, remote) => void (await run('-C', '-', '-T', local, at(remote))),
      list: async folder => {
        const text = await run(at(`${folder}/`))
        return text.split(/\r?\n/).flatMap(line => firstMatch(LIST_LINE, line) ?? [])
      },
      // The path of the URL is a listing that nobody asked for: -I makes it a look at the headers of `/`.
      rename: async (from, to) => void (await run('-I', '-Q', `RNFR ${from}`, '-Q', `RNTO ${to}`, at('/'))),
      remove: async remote => void (await run('-I', '-Q', `DELE ${remote}`, at('/'))),
      [Symbol.asyncDispose]: nothingToClose,
    }
  },
}

function commonArguments({ user, password, tls, command, certificate }: Target): string[] {
  return [
    // First: no settings file of whoever runs this.
    '-q',
    ...['--silent', '--show-error', '--verbose', '--globoff', '--user', `${user}:${password}`],
    ...(tls === 'explicit' ? ['--ssl-reqd'] : []),
    ...(tls !== 'none' && certificate !== undefined ? ['--cacert', certificate] : []),
    ...dataArguments(command),
  ]
}

function dataArguments(command: Target['command']): string[] {
  switch (command) {
    case 'EPSV':
      return []
    case 'PASV':
      return ['--disable-epsv']
    case 'EPRT':
      return ['--ftp-port', '-']
    case 'PORT':
      return ['--ftp-port', '-', '--disable-eprt']
  }
}

function url({ host, port, tls }: Target, path: string): string {
  const escaped = path.split('/').map(encodeURIComponent).join('/')
  return `${tls === 'implicit' ? 'ftps' : 'ftp'}://${urlHost(host)}:${port}${escaped}`
}
