import { z } from 'zod'
import { choice, flag, optionalLine } from './fields.ts'

/** Certificate and rules of TLS, the same for control and data connections. */
export const tls = z
  .strictObject({
    certificate: optionalLine(
      'File with the certificate chain in PEM form, the server first. Read again when it changes. Relative to the folder of the settings file.',
    ),
    key: optionalLine('File with the private key in PEM form, without a passphrase.'),
    stored: optionalLine('Name of a certificate with its key that is kept in the store, in place of files.'),
    selfSigned: flag(
      false,
      'Makes a certificate when none is given, and keeps it in server.dataFolder if there is one. Clients must be told to accept it.',
    ),
    minimumVersion: choice(
      ['TLSv1.2', 'TLSv1.3'],
      'TLSv1.2',
      'Oldest version of TLS that is spoken. TLSv1.3 shuts out clients from before about 2019.',
    ),
    ciphers: optionalLine('Cipher suites in the form of OpenSSL. Absent: those of Node. Only for experts.'),
    clientCertificates: choice(
      ['off', 'request', 'require'],
      'off',
      'off: clients are not asked. request: asked, and a wrong certificate is refused. require: nobody without a certificate signed by clientCa.',
    ),
    clientCa: optionalLine('File with the CA certificates, in PEM form, that sign those of the clients.'),
    sessionReuse: choice(
      ['off', 'enabled', 'required'],
      'enabled',
      'Whether data connections resume the TLS session of their control connection. required proves that both come from the same client, and answers 522 to clients that cannot.',
    ),
    requireCloseNotify: flag(
      true,
      'An upload under TLS without close_notify at its end counts as broken. false accepts clients that never send it, and files that somebody on the way has cut short.',
    ),
  })
  .prefault({})
  .describe('TLS of control and data connections.')
