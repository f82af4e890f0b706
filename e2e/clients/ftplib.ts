import { fileURLToPath } from 'node:url'
import { findProgram, mustSucceed, runProgram } from '../support/programs.ts'
import { type ClientKind, firstMatch, nothingToClose, runIn } from './client.ts'

const SCRIPT = fileURLToPath(new URL('ftplib-client.py', import.meta.url))

/** Python's ftplib: one call, one process, one session. */
export const ftplib: ClientKind = pythonClient({
  name: 'ftplib',
  reuse: false,
})

/** ftplib with the small subclass by which people make it resume TLS sessions. */
export const ftplibReusing: ClientKind = pythonClient({
  name: 'ftplib, reusing sessions',
  reuse: true,
})

function pythonClient({ name, reuse }: { name: string; reuse: boolean }): ClientKind {
  return {
    name,
    package: 'python3',
    tls: ['none', 'explicit', 'implicit'],
    commands: { 4: ['PASV', 'PORT'], 6: ['EPSV', 'EPRT'] },
    cannot: [
      'EPSV and EPRT over IPv6 only',
      'implicit TLS by a subclass only',
      'reuses TLS sessions by a subclass only',
    ],
    reusesSessions: reuse,

    async version() {
      if (findProgram('python3') === undefined) return undefined
      const { stdout } = await runProgram('python3', ['--version'])
      return firstMatch(/^Python (\S+)/, stdout)
    },

    async connect(target) {
      const sent: string[] = []
      const run = async (call: string, ...args: readonly string[]): Promise<unknown> => {
        // -I: no user's site packages, no variables.
        const result = await runProgram('python3', ['-I', SCRIPT], {
          input: JSON.stringify({ ...target, reuse, call, arguments: args }),
          ...runIn(target),
        })
        sent.push(...result.stdout.matchAll(/^\*cmd\* (.*)$/gm).map(([, text = '']) => unquote(text)))
        const { stdout } = mustSucceed(name, result)
        return JSON.parse(firstMatch(/^answer (.*)$/m, stdout) ?? 'null')
      }
      return {
        sent,
        upload: async (local, remote) => void (await run('upload', local, remote)),
        download: async (remote, local) => void (await run('download', remote, local)),
        resumeDownload: async (remote, local) => void (await run('resumeDownload', remote, local)),
        resumeUpload: async (local, remote) => void (await run('resumeUpload', local, remote)),
        list: async folder => namesIn(await run('list', folder)),
        rename: async (from, to) => void (await run('rename', from, to)),
        remove: async remote => void (await run('remove', remote)),
        [Symbol.asyncDispose]: nothingToClose,
      }
    },
  }
}

/** The debug output writes a command as a Python literal: `'EPSV'`, or `"STOR it's"`. */
function unquote(literal: string): string {
  return literal.slice(1, -1)
}

function namesIn(answer: unknown): string[] {
  if (!Array.isArray(answer)) throw new Error('ftplib gave no list of names')
  return answer.map(String)
}
