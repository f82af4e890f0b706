import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  LOOPBACK,
  launch,
  PASSWORD,
  PORT_FOR_EACH,
  type ServerKind,
  USER,
  unpacked,
  type Workshop,
  withoutDebian,
} from './server.ts'

const PYTHON = '/usr/bin/python3'

/** pyftpdlib on Debian's Python, one process with its own event loop, as its documentation starts it. */
export function pyftpdlib(workshop: Workshop): ServerKind {
  return {
    name: 'pyftpdlib',
    label: 'pyftpdlib',
    role: 'peer',
    mlsd: true,
    real: true,
    idleSessions: 5_000,
    passivePorts: PORT_FOR_EACH,
    note: 'one process; DummyAuthorizer, which keeps the password in the clear; sendfile on',
    missing: () =>
      withoutDebian(workshop) ??
      (existsSync(PYTHON) ? undefined : `${PYTHON} is missing: apt-get install python3`),
    version: async () => unpacked(workshop).versions['python3-pyftpdlib'] ?? '?',
    start(options) {
      const { files, port, passive, certificate, host = LOOPBACK } = options
      const { root, env } = unpacked(workshop)
      const settings = {
        files,
        host,
        port,
        user: USER,
        password: PASSWORD,
        first: passive.base,
        last: passive.base + passive.count - 1,
        certificate: certificate?.certificate,
        key: certificate?.key,
        implicitTls: options.implicitTls,
        advertised: options.advertised,
      }
      return launch(
        options,
        PYTHON,
        [join(import.meta.dirname, 'pyftpdlib-server.py'), JSON.stringify(settings)],
        {
          env: { ...env, PYTHONPATH: join(root, 'usr/lib/python3/dist-packages') },
        },
      )
    },
  }
}
