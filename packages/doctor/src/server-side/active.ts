import type { Cause, DataFailure } from './failure.ts'

const PASSIVE =
  'Let these clients use passive mode: then they dial, and their own firewall is not in the way.'

/** By which words of the sentence a failed dialling is known. The first that fits counts. */
const DIALS: readonly (readonly [RegExp, Cause])[] = [
  [
    /all ports of the active range/,
    {
      code: 'ACTIVE_PORTS_BUSY',
      title: 'No free port for active connections',
      cause:
        'All ports of the active range were taken towards the client, or rest after a connection to the same endpoint.',
      advice: [
        'Raise active.numberOfPorts, or leave active.basePort out so that the system chooses ports.',
        PASSIVE,
      ],
    },
  ],
  [
    /nothing listens at/,
    {
      code: 'ACTIVE_REFUSED',
      title: 'Clients refused active connections',
      cause:
        'The server dialled the address and port that the client had announced, and got a refusal: nothing listens there, or the client’s firewall rejects it.',
      advice: [PASSIVE, 'Or allow incoming connections from this server in the firewall of the client.'],
    },
  ],
  [
    /did not let the server dial|did not answer/,
    {
      code: 'ACTIVE_FILTERED',
      title: 'Active connections got no answer',
      cause:
        'The server dialled the address and port that the client had announced, and nothing came back within active.connectTimeout: a firewall or NAT before the client drops it.',
      advice: [
        PASSIVE,
        'When all clients are affected, allow outgoing connections of this server, from the ports of active.basePort and active.numberOfPorts where they are set.',
      ],
    },
  ],
  [
    /no route to/,
    {
      code: 'ACTIVE_NO_ROUTE',
      title: 'No route to the address that the client announced',
      cause: 'The network of this server does not know how to reach that address.',
      advice: [PASSIVE, 'Or give this server a route to the network of the client.'],
    },
  ],
]

const OTHER_DIAL: Cause = {
  code: 'ACTIVE_FAILED',
  title: 'Active connections could not be made',
  cause: 'The server could not connect to the address and port that the client had announced.',
  advice: [PASSIVE],
}

/** Why dialling the client failed. */
export function causeOfDial({ text }: DataFailure): Cause {
  return DIALS.find(([words]) => words.test(text))?.[1] ?? OTHER_DIAL
}

/** Why an announced address is not dialled. */
export function causeOfBounce({ text }: DataFailure): Cause {
  if (/ports under \d+/.test(text)) {
    return {
      code: 'ACTIVE_LOW_PORT',
      title: 'Clients announced a port of a service',
      cause:
        'The port announced with PORT or EPRT is below 1024, where services listen, so it is not dialled (RFC 2577).',
      advice: [
        'Use a client that announces higher ports; every usual one does.',
        'When the client is known and cannot be changed, set active.allowLowPorts to true.',
      ],
    }
  }
  return {
    code: 'CLIENT_BEHIND_NAT',
    title: 'Clients announced an address that is not theirs',
    cause:
      'The address announced with PORT or EPRT is another than the one the client comes from. A client behind NAT names its inner address; the server dials nobody but the client itself (RFC 2577).',
    advice: [
      PASSIVE,
      'For transfers from server to server (FXP), add the other server to active.allowForeign.',
    ],
  }
}
