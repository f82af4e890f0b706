import { z } from 'zod'
import { choice, flag, host, networks, whole } from './fields.ts'
import { duration } from './units.ts'

const URL_ERROR = 'must be the address of the console alone, such as https://ftp.example.com'

/** As a browser writes an origin: scheme, name and port, without a slash at the end. */
function toOrigin(text: string): string | undefined {
  const url = URL.parse(text)
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!url || !isWeb || url.pathname !== '/' || /[?#@]/.test(text)) return undefined
  return url.origin
}

/** The web console and its HTTP API. */
export const webConsole = z
  .strictObject({
    enabled: flag(
      true,
      'Whether there is a web console with its HTTP API. Only a node that has a data folder or a database has one.',
    ),
    host: host(
      '127.0.0.1',
      'Address that is bound. Any other than one of the loopback is served with TLS alone.',
    ),
    port: whole(8021, { min: 0, max: 65_535 }, 'TCP port of the console. 0 takes any free port.'),
    tls: choice(
      ['auto', 'required'],
      'auto',
      'auto: without TLS on a loopback address, else with it. required: with TLS everywhere. The certificate is that of the section tls, or else a self-signed one.',
    ),
    sessionIdle: duration(
      '30m',
      { min: '1m', max: '24h' },
      'Who is signed in and does nothing for so long is signed out.',
    ),
    sessionLifetime: duration(
      '12h',
      { min: '5m', max: '24d' },
      'Who has been signed in for so long signs in again, whatever happened meanwhile.',
    ),
    trustedProxies: networks(
      [],
      'Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; such headers from elsewhere are not.',
    ),
    publicUrl: z
      .string({ error: URL_ERROR })
      .transform((text, context) => {
        const origin = toOrigin(text)
        if (origin !== undefined) return origin
        context.addIssue({ code: 'custom', message: URL_ERROR, input: text })
        return z.NEVER
      })
      .exactOptional()
      .describe(
        'Address at which browsers reach the console through a reverse proxy, such as https://ftp.example.com. It is printed at the start, and requests from it are accepted. Absent: the address that is bound.',
      ),
  })
  .prefault({})
  .describe('The web console and its HTTP API.')
