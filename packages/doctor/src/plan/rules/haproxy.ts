import { isIPv6 } from 'node:net'
import { controlPorts, families, type PlanContext, type PlanSection } from '../section.ts'

/** RFC 5737: an address that stands for one that is not known. */
const SOME_SERVER = '192.0.2.10'

/** HAProxy in front of the server: control and every passive port, with the client's address in a PROXY header. */
export function haproxy(context: PlanContext): PlanSection {
  const { facts, range } = context
  const server = facts.server ?? SOME_SERVER
  const host = isIPv6(server) ? `[${server}]` : server
  const ports = controlPorts(facts)
  const [first = 21] = ports
  const transfers = facts.clients * facts.perClient
  const lines = [
    'global',
    `  maxconn ${Math.ceil((transfers * 2 + facts.clients) * 1.1)}`,
    '',
    'defaults',
    '  mode tcp',
    '  balance source',
    '  timeout connect 5s',
    '  # A control connection is silent while its file moves: longer than the longest transfer.',
    '  timeout client 4h',
    '  timeout server 4h',
    '  option clitcpka',
    '  option srvtcpka',
    '',
    '# Which client is at which server: its data connections have to go where its control connection is.',
    'backend ftp_clients',
    `  stick-table type ipv6 size ${Math.max(100_000, facts.clients)} expire 4h`,
  ]
  for (const port of ports) {
    lines.push(
      '',
      `listen ${controlName(port)}`,
      ...binds(context, `${port}`),
      '  stick on src table ftp_clients',
      `  server portolan1 ${host}:${port} send-proxy-v2 check inter 10s`,
    )
  }
  lines.push(
    '',
    '# Without a port of its own: each connection goes on to the port that was dialled.',
    'listen ftp_data',
    ...binds(context, `${range}`),
    '  stick match src table ftp_clients',
    `  server portolan1 ${host} send-proxy-v2 track ${controlName(first)}/portolan1`,
  )
  return {
    name: 'haproxy',
    title: 'HAProxy, before the server',
    format: 'haproxy',
    text: lines.join('\n'),
    notes: [
      ...(facts.server === undefined
        ? [`${SOME_SERVER} stands for the server: give --server ADDRESS to have it written in.`]
        : []),
      ...(facts.balancer === undefined
        ? [
            'Portolan has to be told to read the PROXY headers: give --balancer ADDRESS, the address HAProxy connects from, and the section portolan says so.',
          ]
        : []),
      'A second server gets the next line in every listen section, under the same name and in the same order in all of them.',
      'The firewall rules of this plan are for HAProxy, too; the server then needs to let in HAProxy alone.',
    ],
  }
}

const controlName = (port: number) => `ftp_control_${port}`

function binds({ facts }: PlanContext, ports: string): string[] {
  const { ipv4, ipv6 } = families(facts)
  return [...(ipv4 ? [`  bind 0.0.0.0:${ports}`] : []), ...(ipv6 ? [`  bind [::]:${ports} v6only`] : [])]
}
