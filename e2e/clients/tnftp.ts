import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, ProgramError, runProgram } from '../support/programs.ts'
import { type ClientKind, firstMatch, nothingToClose, type Target } from './client.ts'

/** What tnftp says when something went wrong; it ends with 0 all the same. */
const FAILURE = /^[45]\d\d (?!.*not understood).*|^tnftp: .*|^Not connected.*|^Login failed.*/m

/** tnftp, the ftp of NetBSD: one script on standard input, one process, one session. */
export const tnftp: ClientKind = {
  name: 'tnftp',
  package: 'tnftp',
  tls: ['none'],
  commands: { 4: ['EPSV', 'PASV', 'EPRT', 'PORT'], 6: ['EPSV', 'EPRT'] },
  cannot: ['no TLS'],
  reusesSessions: false,

  async version() {
    if (findProgram('tnftp') === undefined) return undefined
    const { stdout } = await runProgram('tnftp', ['-n'], {
      input: 'status\nquit\n',
    })
    return firstMatch(/^Version: tnftp (\S+)/m, stdout)
  },

  async connect(target) {
    const sent: string[] = []
    const run = async (...commands: readonly string[]): Promise<string> => {
      const script = [...preamble(target), ...commands, 'quit', ''].join('\n')
      // -n no automatic login, -g no globs, -i no questions, -v -d the dialogue.
      const { stdout, stderr } = await runProgram('tnftp', ['-n', '-g', '-i', '-v', '-d'], {
        input: script,
        env: { HOME: target.scratch },
      })
      const dialogue = `${stdout}${stderr}`
      sent.push(...dialogue.matchAll(/^---> (.*)$/gm).map(([, line = '']) => line))
      const [failure] = FAILURE.exec(dialogue) ?? []
      if (failure === undefined) return dialogue
      throw new ProgramError('PROGRAM_FAILED', `tnftp: ${failure}\n${dialogue}`)
    }
    return {
      sent,
      upload: async (local, remote) => void (await run(`put ${quote(local)} ${quote(remote)}`)),
      download: async (remote, local) => void (await run(`get ${quote(remote)} ${quote(local)}`)),
      resumeDownload: async (remote, local) => void (await run(`reget ${quote(remote)} ${quote(local)}`)),
      resumeUpload: async (local, remote) => {
        // `restart` wants the number of bytes that the server has; a person asks for it in the same way.
        const size = firstMatch(/^213 (\d+)/m, await run(`size ${quote(remote)}`))
        await run(`restart ${size}`, `put ${quote(local)} ${quote(remote)}`)
      },
      list: async folder => {
        const file = join(target.scratch, 'names.txt')
        await run(`nlist ${quote(folder)} ${quote(file)}`)
        const text = await readFile(file, 'utf8')
        await rm(file)
        // NLST answers with paths when it was given one.
        return text.split(/\r?\n/).flatMap(path => firstMatch(/([^/]+)$/, path) ?? [])
      },
      rename: async (from, to) => void (await run(`rename ${quote(from)} ${quote(to)}`)),
      remove: async remote => void (await run(`delete ${quote(remote)}`)),
      [Symbol.asyncDispose]: nothingToClose,
    }
  },
}

function preamble({ host, port, user, password, mode, command }: Target): string[] {
  return [
    // `auto`, the default, would fall back to the other mode without a word.
    `passive ${mode === 'passive' ? 'on' : 'off'}`,
    `epsv ${command === 'EPSV' || command === 'EPRT' ? 'on' : 'off'}`,
    `open ${host} ${port}`,
    `user ${quote(user)} ${quote(password)}`,
    'binary',
  ]
}

/** A word of tnftp's command language: a backslash takes the meaning from a blank or a quote. */
function quote(word: string): string {
  return word.replace(/[\s"\\]/g, '\\$&')
}
