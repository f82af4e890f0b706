import type { Publication } from '../model/index.ts'
import { readAddress } from '../policy/host.ts'
import { readNetwork } from '../policy/network.ts'
import { NetworkTable } from '../policy/network-table.ts'
import type { AccessConfig } from '../policy/types.ts'

/** A port on which an edge listens for a server inside. */
export interface PublishedPort {
  readonly host: string
  readonly port: number
  readonly role: 'control' | 'data'
  /** The port of the server to which it leads. */
  readonly serverPort: number
  readonly publication: Publication
}

const portKey = ({ host, port }: Pick<PublishedPort, 'host' | 'port'>): string => `${host} ${port}`

/**
 * The ports on which that edge listens, by {@link portKey}. Of two publications that want the same port the first has it; `taken` says
 * which others do not.
 */
export function publishedPorts(
  config: AccessConfig,
  edge: string,
): { ports: Map<string, PublishedPort>; taken: PublishedPort[] } {
  const ports = new Map<string, PublishedPort>()
  const taken: PublishedPort[] = []
  const add = (port: PublishedPort) => {
    const key = portKey(port)
    if (ports.has(key)) taken.push(port)
    else ports.set(key, port)
  }
  for (const publication of config.publications) {
    const { enabled, edges, host, listeners, passive } = publication
    if (!enabled || (edges && !edges.includes(edge))) continue
    for (const { port, serverPort } of listeners)
      add({ host, port, role: 'control', serverPort, publication })
    for (let offset = 0; offset < passive.numberOfPorts; offset++) {
      add({
        host,
        port: passive.basePort + offset,
        role: 'data',
        serverPort: passive.serverBasePort + offset,
        publication,
      })
    }
  }
  return { ports, taken }
}

/**
 * What a client is told as the address of data connections: that of the first rule that fits, else the one at which it came.
 * @param dialled - the address of the edge at which the client came
 */
export function advertised({ addressRules }: Publication, client: string, dialled: string): string {
  const rule = addressRules.find(({ enabled, clients }) => enabled && isIn(clients, client))
  return rule === undefined || rule.address === 'control' ? dialled : rule.address
}

function isIn(network: string | undefined, address: string): boolean {
  if (network === undefined) return true
  const [read, client] = [readNetwork(network), readAddress(address)]
  if (!read || !client) return false
  const table = new NetworkTable<true>()
  table.add(read, true)
  return table.has(client)
}
