import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../processes.ts'
import {
  LOOPBACK,
  launch,
  needsRoot,
  PASSWORD,
  PORT_FOR_EACH,
  type ServerKind,
  type StartOptions,
  UID,
  USER,
  unpacked,
  type Workshop,
  withoutDebian,
} from './server.ts'

/** ProFTPD with an AuthUserFile, without reverse DNS, ident, delays (mod_delay) and logs. */
export function proftpd(workshop: Workshop): ServerKind {
  return {
    name: 'proftpd',
    label: 'ProFTPD',
    role: 'peer',
    mlsd: true,
    real: true,
    idleSessions: 500,
    passivePorts: PORT_FOR_EACH,
    note: 'a process for each session; AuthUserFile with a SHA-512 hash; DelayEngine off',
    missing: () => withoutDebian(workshop) ?? needsRoot(),
    version: async () => unpacked(workshop).versions['proftpd-core'] ?? '?',
    async start(options) {
      const { root, env } = unpacked(workshop)
      const hash = (await run('openssl', ['passwd', '-6', PASSWORD])).trim()
      const users = join(options.scratch, 'users')
      await writeFile(users, `${USER}:${hash}:${UID}:${UID}::${options.files}:/bin/sh\n`, { mode: 0o600 })
      const file = join(options.scratch, 'proftpd.conf')
      await writeFile(file, configuration(options, root, users))
      return launch(options, join(root, 'usr/sbin/proftpd'), ['-n', '-q', '-c', file], { env })
    },
  }
}

function configuration(options: StartOptions, root: string, users: string): string {
  const { scratch, port, passive, certificate, host = LOOPBACK, advertised } = options
  const lines = [
    `ModulePath ${join(root, 'usr/lib/proftpd')}`,
    'ServerType standalone',
    'ServerName Bench',
    'UseIPv6 off',
    `DefaultAddress ${host}`,
    'SocketBindTight on',
    `Port ${port}`,
    'User nobody',
    'Group nogroup',
    'MaxInstances none',
    'UseReverseDNS off',
    'DelayEngine off',
    'UseSendfile on',
    'WtmpLog off',
    'SystemLog none',
    'TransferLog none',
    'TimeoutIdle 3600',
    'TimeoutNoTransfer 3600',
    'AuthOrder mod_auth_file.c',
    `AuthUserFile ${users}`,
    'RequireValidShell off',
    'DefaultRoot ~',
    'AllowOverwrite on',
    'Umask 022',
    `PassivePorts ${passive.base} ${passive.base + passive.count - 1}`,
    `PidFile ${join(scratch, 'pid')}`,
    `ScoreboardFile ${join(scratch, 'scoreboard')}`,
  ]
  if (advertised !== undefined) lines.push(`MasqueradeAddress ${advertised}`)
  if (certificate !== undefined) {
    lines.push(
      'LoadModule mod_tls.c',
      'TLSEngine on',
      'TLSProtocol TLSv1.2 TLSv1.3',
      `TLSECCertificateFile ${certificate.certificate}`,
      `TLSECCertificateKeyFile ${certificate.key}`,
      'TLSVerifyClient off',
      'TLSRequired off',
    )
    if (!options.requireReuse) lines.push('TLSOptions NoSessionReuseRequired')
    if (options.implicitTls) lines.push('TLSOptions UseImplicitSSL')
  }
  return `${lines.join('\n')}\n`
}
