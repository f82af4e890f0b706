import { z } from 'zod'
import { choice, flag, host, networks, optionalLine, whole } from './fields.ts'

const listener = z.strictObject({
  name: optionalLine(
    'Name of the listener in the log and in rules; unique. Without it: listener1, listener2 and so on, by place in the list.',
  ),
  host: host(
    '0.0.0.0',
    'Address that is bound. 0.0.0.0 is every IPv4 address, :: every IPv6 address and, where the system shares, IPv4 too.',
  ),
  port: whole(
    2121,
    { min: 0, max: 65_535 },
    'TCP port of control connections. 21 is the port of FTP and 990 that of implicit FTPS; ports below 1024 need the right to bind them. 0 takes any free port.',
  ),
  tls: choice(
    ['off', 'optional', 'required', 'implicit'],
    'optional',
    'off: no TLS, passwords travel in the clear. optional: clients may send AUTH TLS; without a certificate the listener runs as off, with a warning. required: nobody logs in before AUTH TLS. implicit: TLS from the first byte.',
  ),
  encryptData: flag(
    false,
    'Data connections need TLS (PROT P), else transfers are refused with 521. Makes no difference on a listener with tls: off.',
  ),
  proxyProtocol: networks(
    [],
    'Load balancers whose connections begin with a PROXY protocol header (v1 or v2). A connection from here without a header is closed; a header from elsewhere is not believed.',
  ),
})

/** Control listeners. Names are filled in by place. */
export const listeners = z
  .array(listener, { error: 'must be a list of listeners' })
  .min(1, { error: 'must have at least one listener' })
  .transform(list => list.map((given, index) => ({ ...given, name: given.name ?? `listener${index + 1}` })))
  .prefault([{ name: 'public' }])
  .describe(
    'Where control connections are accepted. Default: one listener on port 2121 of every IPv4 address.',
  )
