import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
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

/**
 * vsftpd knows no accounts of its own but PAM's and those of the machine. It runs in a mount namespace in which
 * /etc/passwd, /etc/shadow and /etc/pam.d are files of this run, so that the machine gets no account.
 */
export function vsftpd(workshop: Workshop): ServerKind {
  return {
    name: 'vsftpd',
    label: 'vsftpd',
    role: 'peer',
    mlsd: false,
    real: true,
    idleSessions: 500,
    passivePorts: PORT_FOR_EACH,
    note: 'a process or two for each session; PAM account with a SHA-512 hash; no network namespace for each session (isolate_network=NO)',
    missing: () => withoutDebian(workshop) ?? needsRoot(),
    version: async () => unpacked(workshop).versions.vsftpd ?? '?',
    async start(options) {
      const { root, env } = unpacked(workshop)
      const { scratch } = options
      await writeAccount(scratch, options.files)
      await writeFile(join(scratch, 'vsftpd.conf'), configuration(options), { mode: 0o600 })
      const mounts = ['passwd', 'shadow', 'pam.d'].map(
        name => `mount --bind ${join(scratch, name)} /etc/${name}`,
      )
      const command = [
        ...mounts,
        `exec ${join(root, 'usr/sbin/vsftpd')} ${join(scratch, 'vsftpd.conf')}`,
      ].join(' && ')
      return launch(options, 'unshare', ['--mount', 'sh', '-c', command], { env })
    },
  }
}

async function writeAccount(scratch: string, files: string): Promise<void> {
  await mkdir(join(scratch, 'empty'), { mode: 0o755 })
  await copyFile('/etc/passwd', join(scratch, 'passwd'))
  await writeFile(join(scratch, 'passwd'), `${USER}:x:${UID}:${UID}::${files}:/bin/sh\n`, { flag: 'a' })
  const hash = (await run('openssl', ['passwd', '-6', PASSWORD])).trim()
  const shadow = await readFile('/etc/shadow', 'utf8')
  await writeFile(join(scratch, 'shadow'), `${shadow}${USER}:${hash}:20000:0:99999:7:::\n`, { mode: 0o600 })
  await mkdir(join(scratch, 'pam.d'))
  const rules = [
    'auth required pam_unix.so',
    'account required pam_unix.so',
    'session required pam_permit.so',
  ]
  await writeFile(join(scratch, 'pam.d', 'vsftpd'), `${rules.join('\n')}\n`)
}

function configuration(options: StartOptions): string {
  const { scratch, port, passive, certificate, host = LOOPBACK, advertised } = options
  const lines = [
    'listen=YES',
    'background=NO',
    `listen_address=${host}`,
    `listen_port=${port}`,
    'anonymous_enable=NO',
    'local_enable=YES',
    'write_enable=YES',
    'local_umask=022',
    'chroot_local_user=YES',
    'allow_writeable_chroot=YES',
    `secure_chroot_dir=${join(scratch, 'empty')}`,
    'pam_service_name=vsftpd',
    `pasv_min_port=${passive.base}`,
    `pasv_max_port=${passive.base + passive.count - 1}`,
    'max_clients=0',
    'max_per_ip=0',
    'use_sendfile=YES',
    'isolate_network=NO',
    `xferlog_enable=${options.protocolLog === undefined ? 'NO' : 'YES'}`,
    'idle_session_timeout=3600',
  ]
  if (options.protocolLog !== undefined) {
    lines.push('xferlog_std_format=NO', 'log_ftp_protocol=YES', `vsftpd_log_file=${options.protocolLog}`)
  }
  if (advertised !== undefined) lines.push(`pasv_address=${advertised}`)
  if (certificate !== undefined) {
    lines.push(
      'ssl_enable=YES',
      `rsa_cert_file=${certificate.certificate}`,
      `rsa_private_key_file=${certificate.key}`,
      `require_ssl_reuse=${options.requireReuse ? 'YES' : 'NO'}`,
      `implicit_ssl=${options.implicitTls ? 'YES' : 'NO'}`,
      'force_local_logins_ssl=NO',
      'force_local_data_ssl=NO',
      'ssl_ciphers=HIGH',
    )
  }
  return `${lines.join('\n')}\n`
}
