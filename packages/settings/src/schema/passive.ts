import { z } from 'zod'
import { choice, flag, hostName, line, networks, oneOrMore, optionalLine, patterns, whole } from './fields.ts'
import { duration } from './units.ts'

const addressRule = z.strictObject({
  name: optionalLine('Name of the rule in the log.'),
  enabled: flag(true, 'A rule that is not enabled is passed over.'),
  userClass: line('User class of the session; * and ? are wildcards. Default *, every class.').default('*'),
  clients: patterns(
    'Client addresses: an address, a network in CIDR form, or with wildcards such as 10.1.*; several with commas or as a list. Absent: every client.',
  ),
  destination: patterns(
    'Address that the client dialled, as PROXY protocol or the socket gives it, in the same forms. Absent: every address.',
  ),
  address: line(
    'Address told to the client in the answer to PASV: an IPv4 address, a DNS name, local (the local address of the control connection) or control (the address that the client dialled).',
  ),
})

/** Passive mode: the server listens, the client dials. */
export const passive = z
  .strictObject({
    enabled: flag(true, 'false refuses PASV and EPSV with 502.'),
    basePort: whole(
      61_000,
      { min: 1024, max: 65_535 },
      'First port of the passive range. Open the whole range in the firewall.',
    ),
    numberOfPorts: whole(
      1024,
      { min: 1, max: 64_512 },
      'Size of the passive range; its end is basePort + numberOfPorts - 1. With sharing by-client, N ports hold N waiting transfers of every client address.',
    ),
    sharing: choice(
      ['by-client', 'exclusive'],
      'by-client',
      'by-client: a port is promised to one client address and shared by all others. exclusive: a port is promised to one session at a time, so the range bounds the number of transfers that can begin at once.',
    ),
    bind: oneOrMore(hostName(), 'must be an IP address or host name, or a list of them')
      .exactOptional()
      .describe('Addresses that the passive ports are bound to. Absent: those of the listeners.'),
    proxyProtocol: networks(
      [],
      'Load balancers whose data connections begin with a PROXY protocol header, as for listeners.',
    ),
    addressRules: z
      .array(addressRule, { error: 'must be a list of rules' })
      .default([])
      .describe(
        'Which address PASV tells whom. The first enabled rule that matches wins; no match: the local address of the control connection. EPSV tells no address.',
      ),
    waitTimeout: duration(
      '5s',
      { min: '0s', max: '5m' },
      'How long PASV waits when no port is free for the client, before 425.',
    ),
    acceptTimeout: duration(
      '30s',
      { min: '1s', max: '10m' },
      'How long a port stays promised to a client that does not come; the transfer command then gets 425.',
    ),
  })
  .prefault({})
  .describe('Passive data connections: ports, and the address told to clients.')
