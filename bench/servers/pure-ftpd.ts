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

/** Pure-FTPd with its own database of users. */
export function pureFtpd(workshop: Workshop): ServerKind {
  return {
    name: 'pure-ftpd',
    label: 'Pure-FTPd',
    role: 'peer',
    mlsd: true,
    real: true,
    idleSessions: 500,
    passivePorts: PORT_FOR_EACH,
    note: 'a process or two for each session; PureDB account with a SHA-512 hash (the argon2id of pure-pw takes seconds for each login); recursion limit raised to 200,000 names',
    missing: () => withoutDebian(workshop) ?? needsRoot(),
    version: async () => unpacked(workshop).versions['pure-ftpd'] ?? '?',
    async start(options) {
      const { root, env } = unpacked(workshop)
      await makeAccount(join(root, 'usr/bin/pure-pw'), env, options)
      return launch(options, join(root, 'usr/sbin/pure-ftpd'), flags(options), { env })
    },
  }
}

/**
 * Writes the account itself instead of asking pure-pw for it: its argon2id of 1,023 passes takes seconds for each login.
 */
async function makeAccount(
  tool: string,
  env: Readonly<Record<string, string>>,
  { scratch, files }: StartOptions,
): Promise<void> {
  const hash = (await run('openssl', ['passwd', '-6', PASSWORD])).trim()
  const passwd = join(scratch, 'passwd')
  await writeFile(passwd, `${USER}:${hash}:${UID}:${UID}::${files}/./::::::::::::\n`, { mode: 0o600 })
  await run(tool, ['mkdb', join(scratch, 'puredb'), '-f', passwd], { env })
}

function flags(options: StartOptions): string[] {
  const { scratch, port, passive, certificate, host = LOOPBACK, advertised } = options
  return [
    '--ipv4only',
    ...['--bind', `${host},${port}`],
    ...['--login', `puredb:${join(scratch, 'puredb')}`],
    ...['--pidfile', join(scratch, 'pid')],
    ...['--passiveportrange', `${passive.base}:${passive.base + passive.count - 1}`],
    ...['--maxclientsnumber', '20000', '--maxclientsperip', '20000'],
    ...['--limitrecursion', '200000:5'],
    ...['--maxidletime', '60'],
    ...['--syslogfacility', 'none'],
    '--chrooteveryone',
    '--dontresolve',
    '--noanonymous',
    ...(advertised === undefined ? [] : ['--forcepassiveip', advertised]),
    ...(certificate === undefined ? ['--tls', '0'] : ['--tls', '1', '--certfile', certificate.both]),
  ]
}
