import type { Cause, CauseCode } from './failure.ts'

/** What the sentences about passive ports are made of. */
export interface PassiveFacts {
  readonly clients: readonly string[]
  /** Addresses that the clients were told. */
  readonly told: readonly string[]
  /** Why, of the newest. */
  readonly reason: string | undefined
  /** `61000 to 61999`. */
  readonly range: string
  readonly closed?: { readonly failed: Span; readonly worked: Span } | undefined
}

interface Span {
  readonly first: number
  readonly last: number
}

/** Addresses that a sentence names. */
const NAMED = 3

/** The sentences of a cause that was found for passive ports. */
export function describePassive(code: CauseCode, facts: PassiveFacts): Cause {
  const { range, closed } = facts
  const told = list(facts.told, 'an address')
  const clients = list(facts.clients, 'clients')
  const reason = facts.reason === undefined ? '' : ` It was told because: ${facts.reason}.`
  switch (code) {
    case 'SERVER_ADVERTISES_PRIVATE':
      return {
        code,
        title: 'Clients were told an address that they cannot reach',
        cause: `PASV told ${told} to ${clients}: that address means something inside of one network or machine only, and these clients are outside.${reason}`,
        advice: [
          'Add a rule to passive.addressRules whose clients are those outside and whose address is the public address (or its DNS name) of this server.',
          'When a rule for clients inside comes first, narrow its clients: the first rule that fits counts.',
          'Clients that use EPSV need no address: switch it on there.',
        ],
      }
    case 'WRONG_EXTERNAL_ADDRESS':
      return {
        code,
        title: 'Clients were told an address that leads nowhere',
        cause: `PASV told ${told} to ${clients}; nobody can have that address.${reason}`,
        advice: ['Correct the address in the rule of passive.addressRules that decided.'],
      }
    case 'NAT_HAIRPIN':
      return {
        code,
        title: 'Clients inside were told the public address',
        cause: `PASV told ${told} to ${clients}, which are inside. Clients outside do come; the router does not lead its own network back in by the public address.${reason}`,
        advice: [
          'Add a rule to passive.addressRules before the others: clients are the networks inside, such as 10.0.0.0/8, and address is local.',
          'Or switch hairpin NAT (NAT loopback) on in the router.',
        ],
      }
    case 'SEPARATE_DATA_HOST':
      return {
        code,
        title: 'Data connections came from another address',
        cause:
          'Somebody came to the passive port, from another address than the control connection, and was refused: it may be a stranger who takes files. Providers and proxies with several outgoing addresses look so.',
        advice: [
          'Let the client’s proxy or NAT use one outgoing address for one client ("sticky", "persistent NAT").',
          'When a load balancer is before this server, let it speak PROXY protocol, and name it in passive.proxyProtocol.',
        ],
      }
    case 'PASSIVE_RANGE_CLOSED':
      return {
        code,
        title: 'Nobody reaches the passive ports',
        cause: `In this time no client at all came to a passive port. So it is not the clients: a firewall or NAT before this server does not let the ports ${range} through${facts.told.length > 0 ? `, or ${told} is not this server’s address` : ''}.`,
        advice: [
          `Open TCP ports ${range} (passive.basePort, passive.numberOfPorts) in every firewall before this server, and forward them unchanged in the NAT.`,
          'Check that the address which clients are told leads to this server: passive.addressRules, and the preview beside them.',
          '`portolan plan` writes the rules of the firewall; `portolan doctor` from outside shows which ports arrive.',
        ],
      }
    case 'PASSIVE_RANGE_PARTLY_OPEN':
      return {
        code,
        title: 'A part of the passive range is closed',
        cause: closed
          ? `Clients came to ports ${span(closed.worked)}, and never to ports ${span(closed.failed)}: a firewall or NAT lets only a part of the ports ${range} through.`
          : `A firewall or NAT lets only a part of the ports ${range} through.`,
        advice: [
          `Open all of the TCP ports ${range} in every firewall and NAT before this server.`,
          'Or make the range smaller, so that it is what is open: passive.basePort, passive.numberOfPorts.',
        ],
      }
    case 'CLIENT_FIREWALL':
      return {
        code,
        title: 'Some clients cannot reach the passive ports',
        cause: `Other clients came to passive ports in the same time, ${clients} never did: a firewall or proxy on their side lets only known ports out.`,
        advice: [
          `Ask whoever runs the network of these clients to let TCP to this server out, ports ${range}.`,
          'When that firewall knows few ports only, make the range smaller: passive.numberOfPorts.',
          'When it reads along to open ports and the control connection is under TLS, it cannot: a fixed rule is needed.',
        ],
      }
    case 'CLIENT_GAVE_UP':
      return {
        code,
        title: 'Clients connected and left before the transfer',
        cause: 'The client came to its passive port, and broke the connection before the transfer used it.',
        advice: [
          'Look at the client: it was cancelled, or a firewall on the way broke the quiet connection.',
        ],
      }
    default:
      return {
        code: 'CLIENT_CAME_NOT',
        title: 'Clients that can reach the passive ports did not come',
        cause: `${clients} came to passive ports at other times, and this time did not within passive.acceptTimeout.`,
        advice: [
          'When it happens now and then: connections are lost on the way, or a firewall has a limit of new connections for each second or each client.',
          'For slow clients, raise passive.acceptTimeout.',
        ],
      }
  }
}

const span = ({ first, last }: Span) => `${first} to ${last}`

function list(items: readonly string[], none: string): string {
  if (items.length === 0) return none
  const more = items.length > NAMED ? ` and ${items.length - NAMED} more` : ''
  return `${items.slice(0, NAMED).join(', ')}${more}`
}
