import { PASSWORD, USER } from '../servers/server.ts'
import { type ClientKind, type Order, versionSaid, withoutProgram } from './client.ts'

/** lftp: `get`, `put` and `mirror`, the latter with `-P` for several connections. */
export function lftp(): ClientKind {
  return {
    ...kind('lftp', 'lftp', 'yes'),
    note: 'mirror without modes and times of files; at eight connections mirror -P8; no MODE Z',
    cannot: () => undefined,
  }
}

/** lftp that sends commands before the replies to those before are there. */
export function lftpAsync(): ClientKind {
  return {
    ...kind('lftp-async', 'lftp, sync off', 'no'),
    note: 'the same with ftp:sync-mode off, which is off by choice only: "not all servers and routers like it"',
    cannot: ({ connections }) => (connections === 1 ? 'is measured with eight connections' : undefined),
  }
}

function kind(name: string, label: string, sync: 'yes' | 'no') {
  return {
    name,
    label,
    role: 'peer' as const,
    missing: () => withoutProgram('lftp'),
    version: async () => versionSaid('lftp', ['--version'], /Version (\S+)/),
    call: async (order: Order) => ({
      command: 'lftp',
      args: ['--norc', '-c', [...settings(order, sync), open(order), transfer(order)].join('; ')],
      env: { LFTP_HOME: order.scratch },
    }),
  }
}

function settings({ tls }: Order, sync: 'yes' | 'no'): string[] {
  const all = {
    'cmd:fail-exit': 'yes',
    // One try: what fails must be seen, not repeated until it goes well.
    'net:max-retries': '1',
    // It would compress what no compression helps with.
    'ftp:use-mode-z': 'no',
    // What costs a round trip for each file and is no part of the work.
    'ftp:use-mdtm': 'no',
    'ftp:use-site-utime': 'no',
    'ftp:use-site-utime2': 'no',
    'ftp:sync-mode': sync,
    'ftp:ssl-allow': tls ? 'yes' : 'no',
    ...(tls && {
      'ftp:ssl-force': 'yes',
      'ssl:verify-certificate': 'no',
      'ssl:priority': 'NORMAL:-VERS-ALL:+VERS-TLS1.3',
    }),
  }
  return Object.entries(all).map(([setting, value]) => `set ${setting} ${value}`)
}

function open({ host, port }: Order): string {
  return `open -u ${USER},${PASSWORD} ftp://${host}:${port}`
}

function transfer({ direction, files, remote, local, connections }: Order): string {
  if (files === 'one') return direction === 'down' ? `get ${remote} -o ${local}` : `put ${local} -o ${remote}`
  const parallel = connections > 1 ? `-P${connections} ` : ''
  return direction === 'down'
    ? `mirror --no-perms ${parallel}${remote} ${local}`
    : `mirror -R --no-perms ${parallel}${local} ${remote}`
}
