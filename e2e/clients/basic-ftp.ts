import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { enterPassiveModeIPv4, enterPassiveModeIPv6, FileType, Client as FtpClient } from 'basic-ftp'
import type { ClientKind, Target } from './client.ts'

const TIMEOUT_MS = 15_000

/** basic-ftp: the only one here that does everything in one session. */
export const basicFtp: ClientKind = {
  name: 'basic-ftp',
  package: 'basic-ftp (npm)',
  tls: ['none', 'explicit', 'implicit'],
  commands: { 4: ['EPSV', 'PASV'], 6: ['EPSV'] },
  // It takes getCipher() for a sign of a finished handshake; of a session to be resumed, Node knows the cipher before.
  cannot: ['no active mode', 'under TLS an empty upload ends TCP before the handshake is done'],
  noEmptyUpload: ['explicit', 'implicit'],
  reusesSessions: true,

  async version() {
    const file = createRequire(import.meta.url).resolve('basic-ftp/package.json')
    const { version }: { version: string } = JSON.parse(await readFile(file, 'utf8'))
    return version
  },

  async connect(target) {
    const client = new FtpClient(TIMEOUT_MS)
    const sent: string[] = []
    client.ftp.verbose = true
    client.ftp.log = message => {
      if (message.startsWith('> ')) sent.push(message.slice(2))
    }
    client.prepareTransfer = target.command === 'EPSV' ? enterPassiveModeIPv6 : enterPassiveModeIPv4
    await client.access(await accessOptions(target))
    return {
      sent,
      upload: async (local, remote) => void (await client.uploadFrom(local, remote)),
      download: async (remote, local) => void (await client.downloadTo(local, remote)),
      resumeDownload: async (remote, local) =>
        void (await client.downloadTo(local, remote, (await stat(local)).size)),
      resumeUpload: async (local, remote) =>
        void (await client.appendFrom(local, remote, {
          localStart: await client.size(remote),
        })),
      list: async folder => {
        const entries = await client.list(folder)
        return entries.filter(one => one.type !== FileType.Unknown).map(one => one.name)
      },
      rename: async (from, to) => void (await client.rename(from, to)),
      remove: async remote => void (await client.remove(remote)),
      [Symbol.asyncDispose]: async () => client.close(),
    }
  },
}

async function accessOptions({ host, port, user, password, tls, certificate }: Target) {
  const secure: boolean | 'implicit' = tls === 'implicit' ? 'implicit' : tls === 'explicit'
  const ca = certificate === undefined ? undefined : await readFile(certificate)
  return {
    host,
    port,
    user,
    password,
    secure,
    ...(ca && { secureOptions: { ca } }),
  }
}
