import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, mustSucceed, ProgramError, runProgram } from '../support/programs.ts'
import { type ClientKind, firstMatch, nothingToClose, runIn, type Target } from './client.ts'

/** The programs of NcFTP that do one thing and end: ncftpput, ncftpget, ncftpls. */
export const ncftp: ClientKind = {
  name: 'ncftp',
  package: 'ncftp',
  tls: ['none'],
  commands: { 4: ['PASV', 'PORT'], 6: [] },
  cannot: ['no TLS', 'no IPv6', 'no EPSV, no EPRT'],
  reusesSessions: false,

  async version() {
    if (findProgram('ncftpput') === undefined) return undefined
    const { stdout, stderr } = await runProgram('ncftpput', [])
    return firstMatch(/NcFTPPut (\S+)/, `${stdout}${stderr}`)
  },

  async connect(target) {
    const sent: string[] = []
    let runs = 0
    const runDialogue = async (program: string, args: readonly string[]) => {
      runs += 1
      const debug = join(target.scratch, `ncftp-${runs}.log`)
      const result = await runProgram(program, ['-d', debug, ...commonArguments(target), ...args], {
        env: { HOME: target.scratch },
        ...runIn(target),
      })
      const dialogue = await readFile(debug, 'utf8').catch(() => '')
      await rm(debug, { force: true })
      sent.push(...dialogue.matchAll(/ {2}Cmd: (.*)$/gm).map(([, line = '']) => line))
      return { result, dialogue }
    }
    const run = async (program: string, ...args: readonly string[]): Promise<string> => {
      const { result, dialogue } = await runDialogue(program, args)
      return mustSucceed(program, { ...result, stderr: `${dialogue}${result.stderr}` }).stdout
    }
    const put = (...args: readonly string[]) => run('ncftpput', '-V', ...args)
    const get = (...args: readonly string[]) => run('ncftpget', '-V', ...args)
    const root = `ftp://${target.host}/%2F`
    /** Sends commands after the login (-W) and lists nothing (-Z), which ncftpls ends with 4 whatever was replied. */
    const send = async (...commands: readonly string[]): Promise<void> => {
      const args = ['-Z', ...commands.flatMap(command => ['-W', command]), root]
      const { dialogue } = await runDialogue('ncftpls', args)
      const replies = dialogue.split('\n').flatMap(line => firstMatch(/^\S+ \S+ {2}(\d{3}): /, line) ?? [])
      // The last reply is the one to QUIT.
      const done = replies.slice(-1 - commands.length, -1)
      if (done.length === commands.length && done.every(code => /^[23]/.test(code))) return
      throw new ProgramError('PROGRAM_FAILED', `ncftpls: ${commands.join(', ')}\n${dialogue}`)
    }
    return {
      sent,
      upload: async (local, remote) => void (await put('-C', target.host, local, remote)),
      download: async (remote, local) => void (await get('-Z', '-C', target.host, remote, local)),
      resumeDownload: async (remote, local) => void (await get('-z', '-C', target.host, remote, local)),
      // -s: no sendfile, with which ncftpput 3.2.6 sends the file from its start after REST.
      resumeUpload: async (local, remote) => void (await put('-s', '-z', '-C', target.host, local, remote)),
      list: async folder => {
        const path = folder.split('/').filter(Boolean).map(encodeURIComponent).join('/')
        const stdout = await run('ncftpls', '-1', `${root}${path}/`)
        return stdout.split('\n').filter(name => name !== '')
      },
      rename: (from, to) => send(`RNFR ${from}`, `RNTO ${to}`),
      remove: remote => send(`DELE ${remote}`),
      [Symbol.asyncDispose]: nothingToClose,
    }
  },
}

function commonArguments({ port, user, password, mode }: Target): string[] {
  return ['-u', user, '-p', password, '-P', String(port), '-t', '15', mode === 'passive' ? '-F' : '-E']
}
