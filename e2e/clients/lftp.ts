import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, mustSucceed, runProgram } from '../support/programs.ts'
import { type ClientKind, firstMatch, nothingToClose, runIn, type Target, urlHost } from './client.ts'

/** lftp: one script, one process, one session. */
export const lftp: ClientKind = {
  name: 'lftp',
  package: 'lftp',
  tls: ['none', 'explicit', 'implicit'],
  commands: { 4: ['EPSV', 'PASV', 'PORT'], 6: ['EPSV', 'EPRT'] },
  cannot: ['no EPRT over IPv4'],
  reusesSessions: true,

  async version() {
    if (findProgram('lftp') === undefined) return undefined
    return firstMatch(/Version (\S+)/, (await runProgram('lftp', ['--version'])).stdout)
  },

  async connect(target) {
    const sent: string[] = []
    let runs = 0
    const run = async (script: string): Promise<string> => {
      runs += 1
      const debug = join(target.scratch, `lftp-${runs}.log`)
      const whole = `debug -o ${quote(debug)} 9; ${settings(target)} ${open(target)}; ${script}; bye`
      const result = await runProgram('lftp', ['--norc', '-e', whole], {
        env: { HOME: target.scratch, LFTP_HOME: target.scratch },
        ...runIn(target),
      })
      const dialogue = await readFile(debug, 'utf8').catch(() => '')
      await rm(debug, { force: true })
      sent.push(...dialogue.matchAll(/^---> (.*)$/gm).map(([, line = '']) => line))
      return mustSucceed('lftp', {
        ...result,
        stderr: `${dialogue}${result.stderr}`,
      }).stdout
    }
    return {
      sent,
      upload: async (local, remote) => void (await run(`put ${quote(local)} -o ${quote(remote)}`)),
      download: async (remote, local) => void (await run(`get ${quote(remote)} -o ${quote(local)}`)),
      resumeDownload: async (remote, local) => void (await run(`get -c ${quote(remote)} -o ${quote(local)}`)),
      resumeUpload: async (local, remote) => void (await run(`put -c ${quote(local)} -o ${quote(remote)}`)),
      list: async folder => {
        const text = await run(`cls -1 --basename ${quote(`${folder}/`)}`)
        return text.split('\n').filter(name => name !== '')
      },
      rename: async (from, to) => void (await run(`mv ${quote(from)} ${quote(to)}`)),
      remove: async remote => void (await run(`rm ${quote(remote)}`)),
      [Symbol.asyncDispose]: nothingToClose,
    }
  },
}

function open({ host, port, user, password, tls }: Target): string {
  const scheme = tls === 'implicit' ? 'ftps' : 'ftp'
  return `open --user ${quote(user)} --password ${quote(password)} ${scheme}://${urlHost(host)}:${port}`
}

function settings({ tls, mode, command, certificate }: Target): string {
  const all = {
    'cmd:fail-exit': 'yes',
    // One try: what fails must be seen, not repeated until it goes well.
    'net:max-retries': '1',
    'net:timeout': '10',
    'xfer:clobber': 'yes',
    'ftp:ssl-allow': tls === 'none' ? 'no' : 'yes',
    'ftp:ssl-force': tls === 'explicit' ? 'yes' : 'no',
    'ftp:ssl-protect-data': 'yes',
    'ftp:passive-mode': mode === 'passive' ? 'yes' : 'no',
    'ftp:prefer-epsv': command === 'EPSV' ? 'yes' : 'no',
    ...(certificate !== undefined && { 'ssl:ca-file': quote(certificate) }),
  }
  return Object.entries(all)
    .map(([name, value]) => `set ${name} ${value};`)
    .join(' ')
}

/** A word of lftp's command language. */
function quote(word: string): string {
  return `"${word.replace(/[\\"]/g, '\\$&')}"`
}
