import { joinNamespaces, makeNamespace, type Namespace } from '../lab/network/namespaces.ts'

/** The controller's node and the edges, as the user and the connectors reach them. */
export const EDGE_OUTSIDE = '198.51.100.1'
const EDGE_INSIDE = '192.0.2.1'
export const USER = '198.51.100.10'
export const CONNECTORS = ['192.0.2.10', '192.0.2.11'] as const
/** The server, which nobody but the connectors reaches, and what it sees of each of them. */
export const SERVER = '10.0.0.21'
export const CONNECTORS_SEEN = ['10.0.0.1', '10.0.1.1'] as const
const SERVER_SIDES = [SERVER, '10.0.1.21'] as const

/** A user, a DMZ with node and edges, connectors and a server, each in a namespace of its own. */
export interface AccessNetwork extends AsyncDisposable {
  readonly user: Namespace
  readonly dmz: Namespace
  readonly connectors: readonly [Namespace, Namespace]
  readonly server: Namespace
}

/**
 * Cables: user - DMZ - connectors - server. Nobody passes packets on, so there is no way from the user to the server; a connector takes nothing
 * that begins outside.
 */
export async function buildAccessNetwork(): Promise<AccessNetwork> {
  await using building = new AsyncDisposableStack()
  const namespace = async (role: string) => building.use(await makeNamespace(role))
  const user = await namespace('user')
  const dmz = await namespace('dmz')
  const connectors = [await namespace('con1'), await namespace('con2')] as const
  const server = await namespace('server')
  await joinNamespaces(
    { namespace: user, interface: 'outwards', address: `${USER}/24` },
    { namespace: dmz, interface: 'to-user', address: `${EDGE_OUTSIDE}/24` },
  )
  // Without a route programs would be told at once that there is none, and nothing could be taken for an application. Names are asked of nobody.
  await user.ip(`route add 10.0.0.0/23 via ${EDGE_OUTSIDE}`)
  await dmz.ip(
    'link add inside type bridge',
    `address add ${EDGE_INSIDE}/24 dev inside`,
    'link set inside up',
  )
  for (const [index, connector] of connectors.entries()) {
    await dmz.ip(`link add con${index} type veth peer name outwards netns ${connector.name}`)
    await dmz.ip(`link set con${index} master inside`, `link set con${index} up`)
    await connector.ip(`address add ${CONNECTORS[index]}/24 dev outwards`, 'link set outwards up')
    await connector.ip(`route add default via ${EDGE_INSIDE}`)
    await joinNamespaces(
      { namespace: connector, interface: 'to-server', address: `${CONNECTORS_SEEN[index]}/24` },
      { namespace: server, interface: `from-con${index}`, address: `${SERVER_SIDES[index]}/24` },
    )
    await connector.nft(NO_WAY_IN)
  }
  // The second connector reaches the server at the same address, by its own cable.
  await connectors[1].ip(`route add ${SERVER}/32 via ${SERVER_SIDES[1]}`)
  const kept = building.move()
  return { user, dmz, connectors, server, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

const NO_WAY_IN = `table inet guard {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
  }
}`
