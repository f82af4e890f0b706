import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { SegmentInput } from '@portolan/gateway'
import { CONNECTORS_SEEN, SERVER } from './gateway/network.ts'
import type { Part } from './gateway/part.ts'
import { type AccessStand, startStand } from './gateway/stand.ts'
import { readCounts } from './lab/network/counters.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import type { LabServer } from './lab/servers/start.ts'
import { until } from './support/within.ts'

const skip = skipNetwork()
const addresses = (first: number) => Array.from({ length: 10 }, (_, at) => `10.0.0.${first + at}`)
const ports = (first: number) => Array.from({ length: 10 }, (_, at) => ({ from: first + at, to: first + at }))
/** A hundred addresses and ports each: one of them is probed every third of a second, if any is. */
const NONE = { name: 'ftp', addresses: [SERVER, ...addresses(60)] }
const CONTINUOUS = { name: 'continuous', addresses: addresses(40) }
const ON_ACCESS = { name: 'on-access', address: '10.0.0.50', probed: 2222 }
/** After so many probes one that is none of the segment's own would have been sent, too: it is missed once in 30,000 runs. */
const ENOUGH = 10

describe('health reporting of a segment', { skip }, () => {
  const cleanup = new AsyncDisposableStack()
  let stand: AccessStand
  let connector: Part
  let server: LabServer

  before(async () => {
    stand = cleanup.use(await startStand(['--ports', '50000-50099']))
    const { server: namespace } = stand.network
    const others = [...NONE.addresses.slice(1), ...CONTINUOUS.addresses, ON_ACCESS.address]
    await namespace.ip(...others.map(address => `address add ${address}/24 dev from-con0`))
    server = await stand.startServer('portolan', { host: '0.0.0.0', reachedAt: SERVER })
    await server.give('there.txt', 'it is there\n')
    await makeSegments()
    await namespace.nft(COUNTERS)
    await stand.startEdge('edge1', 8443)
    connector = await stand.startConnector('con1')
  })
  after(() => cleanup.disposeAsync())

  async function makeSegments() {
    const { segments, policies } = stand.store.access
    const by = { by: 'test' }
    const none = await segments.get(NONE.name)
    assert.ok(typeof none?.document === 'object' && none.document !== null)
    await segments.replace(NONE.name, { ...none.document, applications: NONE.addresses }, by)
    const common = { inspection: 'ftp', segmentGroup: 'default', serverGroup: 'default' } as const
    const made = [
      {
        ...{ ...common, name: CONTINUOUS.name, applications: CONTINUOUS.addresses, ports: ports(21) },
        healthReporting: 'continuous',
      },
      {
        ...{ ...common, name: ON_ACCESS.name, applications: [ON_ACCESS.address] },
        ports: [21, ON_ACCESS.probed].map(port => ({ from: port, to: port })),
        healthReporting: 'on-access',
      },
    ] as const satisfies readonly SegmentInput[]
    for (const segment of made) await segments.create(segment.name, segment, by)
    const rules = [{ name: 'all', action: 'allow', when: { users: ['alice'] } }]
    await policies.replace('access', { rules }, by)
  }

  const counts = async () => (await readCounts(stand.network.server)).counters

  it('sends no packet to a server before anybody comes, unless it is continuous', async () => {
    await until(async () => {
      const { continuous = 0 } = await counts()
      return continuous >= ENOUGH || `${continuous} probes`
    })
    const { none, onAccess } = await counts()
    assert.deepEqual({ none, onAccess }, { none: 0, onAccess: 0 })
    await connector.said(
      ({ event, segment }) => event === 'health' && segment === CONTINUOUS.name,
      'a report',
    )
  })

  it('begins on access, and of a segment without it the server sees nothing but the user’s own connections', async () => {
    await stand.startAgent()
    const fetch = async (address: string) => {
      const url = `ftp://${server.user}:${server.password}@${address}/there.txt`
      const ran = await stand.network.user.run('curl', ['-sS', '-x', 'socks5h://127.0.0.1:1080', url])
      assert.deepEqual([ran.code, ran.stdout], [0, 'it is there\n'], ran.stderr)
    }
    await fetch(SERVER)
    await fetch(ON_ACCESS.address)
    for (const [port, state] of [
      [21, 'up'],
      [ON_ACCESS.probed, 'down'],
    ] as const) {
      const line = await connector.said(
        one => one.event === 'health' && one.segment === ON_ACCESS.name && one.port === port,
        `a report of port ${port}`,
      )
      assert.equal(line.state, state)
    }
    const { noneBegun, onAccessBegun } = await counts()
    // A control and a data connection each, and two probes.
    assert.deepEqual({ noneBegun, onAccessBegun }, { noneBegun: 2, onAccessBegun: 4 })
    const health = connector.log().filter(({ event }) => event === 'health')
    assert.deepEqual(
      new Set(health.map(({ segment }) => segment)),
      new Set([CONTINUOUS.name, ON_ACCESS.name]),
    )
  })
})

/** What comes from the connector: all packets of IP, and beginnings of connections (`...Begun`). */
const COUNTERS = `table ip lab {
  ${['none', 'noneBegun', 'onAccess', 'onAccessBegun', 'continuous'].map(name => `counter ${name} {\n}`).join('\n')}
  chain input {
    type filter hook input priority filter; policy accept;
    ip saddr != ${CONNECTORS_SEEN[0]} accept
    ip daddr { ${NONE.addresses.join(', ')} } counter name none
    ip daddr { ${NONE.addresses.join(', ')} } tcp flags & (syn | ack) == syn counter name noneBegun
    ip daddr ${ON_ACCESS.address} counter name onAccess
    ip daddr ${ON_ACCESS.address} tcp flags & (syn | ack) == syn counter name onAccessBegun
    ip daddr { ${CONTINUOUS.addresses.join(', ')} } tcp flags & (syn | ack) == syn counter name continuous
  }
}`
