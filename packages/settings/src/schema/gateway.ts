import { z } from 'zod'
import { flag, host, networks, oneOrMore, whole } from './fields.ts'
import { kept } from './retention.ts'
import { duration } from './units.ts'

const ADDRESS_ERROR = 'must be a host and a port, such as access.example.com:8022 or [2001:db8::1]:8022'

const address = z
  .string({ error: ADDRESS_ERROR })
  .regex(/^(\[[0-9A-Fa-f:.]+\]|[^\s:[\]/]+):\d{1,5}$/, { error: ADDRESS_ERROR })

/** Zero-trust access: the controller that edges dial. Segments, policies and keys are kept in the store. */
export const gateway = z
  .strictObject({
    enabled: flag(
      false,
      'Whether this node is a controller of zero-trust access: edges dial it, and it tells them who may reach what.',
    ),
    host: host('0.0.0.0', 'Address that is bound for edges.'),
    port: whole(8022, { min: 0, max: 65_535 }, 'TCP port that is bound for edges. 0 takes any free port.'),
    publicAddresses: oneOrMore(address, `${ADDRESS_ERROR}, or a list of them`)
      .prefault([])
      .describe(
        'Where edges reach this node, such as access.example.com:8022; invitations say it. Default: the address that is bound, or the name of the machine.',
      ),
    grace: duration(
      '10m',
      { min: '0s', max: '24h' },
      'How long an edge that has lost its controller carries on what is open. New connections are denied at once.',
    ),
    idleTimeout: duration(
      '2h',
      { min: '1m', max: '7d' },
      'A session in which nothing moves for so long, neither on its control connection nor on a data connection, is ended.',
    ),
    signInLifetime: duration('12h', { min: '5m', max: '24d' }, 'How long a sign-in of an agent is good.'),
    certificateLifetime: duration(
      '24d',
      { min: '1h', max: '24d' },
      'How long certificates of edges and connectors are good. They are renewed at two thirds of it.',
    ),
    trustedNetworks: networks(
      [],
      'Networks of the house: agents in them connect directly to segments whose bypass is on-net.',
    ),
    keepStreams: kept('rows of the access log', { age: '90d', rows: 1_000_000 }),
  })
  .prefault({})
  .describe('Zero-trust access: the controller that edges dial.')
