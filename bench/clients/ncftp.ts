import { PASSWORD, USER } from '../servers/server.ts'
import {
  type Call,
  type ClientKind,
  type Order,
  oneConnection,
  versionSaid,
  withoutProgram,
} from './client.ts'

/** ncftpget and ncftpput of NcFTP. */
export function ncftp(): ClientKind {
  return {
    name: 'ncftp',
    label: 'ncftp',
    role: 'peer',
    note: 'ncftpget and ncftpput, -R for a folder; no TLS',
    missing: () => withoutProgram('ncftpget', 'ncftp'),
    version: async () => versionSaid('ncftpget', ['--version'], /NcFTPGet (\S+)/),
    cannot: task => (task.tls ? 'has no TLS' : oneConnection(task)),
    call: async order => callOf(order),
  }
}

function callOf({ direction, files, host, port, remote, local }: Order): Call {
  const common = ['-V', '-u', USER, '-p', PASSWORD, '-P', String(port)]
  if (direction === 'down') {
    return files === 'one'
      ? { command: 'ncftpget', args: [...common, '-C', host, remote, local] }
      : // -T: it would ask the server to pack the folder with tar, which none here does.
        { command: 'ncftpget', args: [...common, '-R', '-T', host, local, remote] }
  }
  return files === 'one'
    ? { command: 'ncftpput', args: [...common, '-C', host, local, remote] }
    : { command: 'ncftpput', args: [...common, '-R', host, remote, local] }
}
