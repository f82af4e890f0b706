import type { Cause, DataFailure } from './failure.ts'

/** By which words of the sentence a failed handshake is known. The first that fits counts. */
const HANDSHAKES: readonly (readonly [RegExp, Cause])[] = [
  [
    /does not trust this server/,
    {
      code: 'CERTIFICATE_NOT_TRUSTED',
      title: 'Clients do not trust the certificate',
      cause: 'The client broke the handshake off because of the certificate of this server.',
      advice: [
        'Use a certificate that a public authority has signed for the name that clients dial (tls.certificate, or one uploaded under Certificates).',
        'Send the whole chain: the certificate of the server first, then those of the authorities between.',
        'With a self-signed certificate, let the clients accept it, or import it there.',
      ],
    },
  ],
  [
    /no certificate, which is required|client’s certificate/,
    {
      code: 'CLIENT_CERTIFICATE_NEEDED',
      title: 'Clients have no certificate that is accepted',
      cause:
        'The settings ask clients for a certificate (tls.clientCertificates), and the client showed none that tls.clientCa has signed.',
      advice: [
        'Give the client a certificate signed by an authority of tls.clientCa.',
        'Or set tls.clientCertificates to request or off.',
      ],
    },
  ],
  [
    /no TLS version in common|no cipher or group in common/,
    {
      code: 'NO_COMMON_TLS',
      title: 'No version or cipher of TLS in common',
      cause: 'Client and server have no version or cipher of TLS in common.',
      advice: [
        'Update the client.',
        'Or set tls.minimumVersion to TLSv1.2 and leave tls.ciphers out, so that more clients fit.',
      ],
    },
  ],
  [
    /did not speak TLS/,
    {
      code: 'NOT_TLS',
      title: 'Something that is not TLS came on protected data connections',
      cause: 'PROT P was agreed on, and the data connection began with something else than TLS.',
      advice: [
        'Look for a device on the way that answers in the place of one side, such as a proxy or an FTP helper of a firewall.',
        'Update the client.',
      ],
    },
  ],
]

const OTHER_HANDSHAKE: Cause = {
  code: 'DATA_TLS_FAILED',
  title: 'TLS handshakes of data connections failed',
  cause: 'The data connection stood, and its TLS handshake did not come to an end.',
  advice: [
    'Look for a device on the way that inspects TLS, and make an exception for the passive ports (passive.basePort, passive.numberOfPorts).',
    'When it took too long, the client may ask its user about the certificate of every connection: let it remember the answer.',
    'Update the client.',
  ],
}

/** Why the handshake of a data connection failed. */
export function causeOfHandshake({ text }: DataFailure): Cause {
  return HANDSHAKES.find(([words]) => words.test(text))?.[1] ?? OTHER_HANDSHAKE
}

/** 522: `required` is a choice of the administrator, and clients exist that cannot. */
export function causeOfMissingReuse(): Cause {
  return {
    code: 'SESSION_REUSE_REQUIRED',
    title: 'Clients do not resume the TLS session',
    cause:
      'tls.sessionReuse is required: a data connection has to resume the TLS session of its control connection, which proves that both come from one client. These clients did not.',
    advice: [
      'Switch on session reuse (session resumption) in the client, or update it.',
      'When the client cannot, set tls.sessionReuse to enabled: then other clients than the one logged in could take its data connection.',
    ],
  }
}

/** 521: the listener wants data under TLS. */
export function causeOfClearData(): Cause {
  return {
    code: 'DATA_ENCRYPTION_REQUIRED',
    title: 'Clients did not protect their data connections',
    cause:
      'The listener takes data connections under TLS only (encryptData), and the client did not send PROT P.',
    advice: [
      'Switch on encryption of data connections in the client ("explicit TLS", "PROT P").',
      'Or set encryptData of the listener to false (listeners[]); files then travel in the clear.',
    ],
  }
}
