import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hashPassword } from '@portolan/server'
import { makeCertificate } from '../bench/certificate.ts'
import { type ClientKind, type DataCommand, dataWay, type Target } from './clients/client.ts'
import { curl } from './clients/curl.ts'
import { lftp } from './clients/lftp.ts'
import { CONNECTORS_SEEN, EDGE_OUTSIDE, SERVER, USER } from './gateway/network.ts'
import { type LogLine, type Part, startPart } from './gateway/part.ts'
import { type AccessStand, startStand } from './gateway/stand.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import { makeScratch } from './support/scratch.ts'
import { until } from './support/within.ts'

const skip = skipNetwork()
const CONTENT = randomBytes(300_000)
const LOGIN = { user: 'carla', password: 'carlas own' }
/** A second address of the edge, which some clients are told for data connections. */
const DATA_OUTSIDE = '198.51.100.2'
/** A second address of the client, to which no address rule applies. */
const OTHER_USER = '198.51.100.11'
/** Neither those of the node beside the edge nor ephemeral ones. */
const OUTSIDE = { basePort: 63_000, numberOfPorts: 20 }
const INSIDE_BASE = 61_000
/** Ports of control connections are others outside than inside, too. */
const EXPLICIT = { port: 21, serverPort: 2121 }
const IMPLICIT = { port: 990, serverPort: 2990 }
const WAYS: readonly (readonly [ClientKind, DataCommand])[] = [
  [curl, 'EPSV'],
  [curl, 'PASV'],
  [lftp, 'PASV'],
]

describe('a server inside that an edge publishes', { skip }, () => {
  const cleanup = new AsyncDisposableStack()
  let stand: AccessStand
  let server: Part
  let certificate: string
  let home: string
  let folder: string

  before(async () => {
    folder = cleanup.use(await makeScratch()).path
    home = join(folder, 'home')
    await mkdir(home)
    await writeFile(join(home, 'there.bin'), CONTENT)
    stand = cleanup.use(await startStand([]))
    const { user, dmz } = stand.network
    await dmz.ip(`address add ${DATA_OUTSIDE}/24 dev to-user`)
    await user.ip(`address add ${OTHER_USER}/24 dev outwards`)
    const made = await makeCertificate(folder, [EDGE_OUTSIDE])
    ;({ certificate } = made)
    server = cleanup.use(await startInside(made))
    await stand.store.access.publications.create('outside', publication(), { by: 'test' })
    const edge = await stand.startEdge('edge1', 8443)
    await stand.startConnector('con1')
    await edge.said(({ event, kind }) => event === 'connected' && kind === 'connector', 'a connector')
    await untilBound([EXPLICIT.port, IMPLICIT.port, ...passivePorts()])
  })
  after(() => cleanup.disposeAsync())

  async function startInside({ certificate, key }: { certificate: string; key: string }): Promise<Part> {
    const config = join(folder, 'inside.json')
    const proxyProtocol = [`${CONNECTORS_SEEN[0]}/32`]
    const listener = { host: SERVER, proxyProtocol }
    await writeFile(
      config,
      JSON.stringify({
        listeners: [
          { ...listener, port: EXPLICIT.serverPort, tls: 'optional' },
          { ...listener, port: IMPLICIT.serverPort, tls: 'implicit' },
        ],
        tls: { certificate, key, sessionReuse: 'required' },
        passive: { basePort: INSIDE_BASE, numberOfPorts: OUTSIDE.numberOfPorts, proxyProtocol },
        users: [{ name: LOGIN.user, home, password: await hashPassword(LOGIN.password) }],
      }),
    )
    const args = ['serve', '--config', config, '--workers', '1', '--log', 'json']
    return await startPart(stand.network.server, args, { cwd: folder })
  }

  const publication = () => ({
    ...{ name: 'outside', host: '0.0.0.0', listeners: [EXPLICIT, IMPLICIT] },
    passive: { ...OUTSIDE, serverBasePort: INSIDE_BASE },
    addressRules: [{ clients: `${USER}/32`, address: DATA_OUTSIDE }],
    ...{ server: SERVER, serverGroup: 'default' },
  })

  /** Waits until the edge listens at all ports of the publication, or at none. */
  async function untilBound(wanted: readonly number[]) {
    const all = new Set([EXPLICIT.port, IMPLICIT.port, ...passivePorts()])
    await until(async () => {
      const { stdout } = await stand.network.dmz.run('ss', ['-Hltn'])
      const ports = [...stdout.matchAll(/ 0\.0\.0\.0:(\d+) +0/g)].map(([, port]) => Number(port))
      const bound = ports.filter(port => all.has(port)).toSorted((a, b) => a - b)
      return bound.join() === wanted.join() || `bound: ${bound.join()}`
    })
  }
  const passivePorts = () => Array.from({ length: OUTSIDE.numberOfPorts }, (_, at) => OUTSIDE.basePort + at)

  it('is reached by clients that have nothing but FTP, in passive mode, in the clear and by TLS that ends inside', async () => {
    const local = join(folder, 'up.bin')
    await writeFile(local, CONTENT)
    for (const tls of ['none', 'explicit', 'implicit'] as const)
      for (const [client, command] of WAYS) {
        const what = `${client.name} ${command} ${tls}`
        await using connected = await client.connect({ ...at(tls), ...dataWay(command) })
        await connected.upload(local, `/${what}.bin`)
        assert.ok(CONTENT.equals(await readFile(join(home, `${what}.bin`))), `${what}: upload`)
        await connected.download('/there.bin', `${local}.copy`)
        assert.ok(CONTENT.equals(await readFile(`${local}.copy`)), `${what}: download`)
        const ended = transfersOf(`/${what}.bin`)
        assert.deepEqual(
          ended.map(({ address, remote, verdict, tls: data }) => [
            ...[address, String(remote).replace(/:\d+$/, '')],
            ...[verdict, data !== undefined],
          ]),
          [[USER, USER, 'complete', tls !== 'none']],
          what,
        )
      }
  })

  const at = (tls: Target['tls']) => ({
    ...{ ...LOGIN, host: EDGE_OUTSIDE, port: tls === 'implicit' ? IMPLICIT.port : EXPLICIT.port, tls },
    ...{ certificate, scratch: folder, launcher: stand.network.user.launcher },
  })
  const transfersOf = (path: string): readonly LogLine[] =>
    server.log().filter(line => line.event === 'transfer-ended' && line.path === path)

  it('tells each client the address of the edge that its rules say, and a port of the edge’s own range', async () => {
    for (const [from, told] of [
      [USER, DATA_OUTSIDE],
      [OTHER_USER, EDGE_OUTSIDE],
    ] as const) {
      const { user, password } = LOGIN
      const ran = await stand.network.user.run('curl', [
        ...['-sSv', '--max-time', '15', '--interface', from, '-u', `${user}:${password}`, '-o', '/dev/null'],
        ...['--disable-epsv', '--no-ftp-skip-pasv-ip', `ftp://${EDGE_OUTSIDE}:${EXPLICIT.port}/there.bin`],
      ])
      assert.equal(ran.code, 0, ran.stderr)
      const [, address, high, low] = /^< 227 .*\((\d+,\d+,\d+,\d+),(\d+),(\d+)\)/m.exec(ran.stderr) ?? []
      assert.equal(address?.replaceAll(',', '.'), told, ran.stderr)
      const port = Number(high) * 256 + Number(low)
      assert.ok(passivePorts().includes(port), `${port}`)
      await server.said(({ event, address: seen }) => event === 'login' && seen === from, from)
    }
  })

  it('has its sessions in the access log, and nothing listens beside it', async () => {
    await until(async () => {
      const { items } = await stand.store.access.streams.list({ limit: 500, segment: 'outside' })
      const open = items.filter(({ endedAt }) => endedAt === undefined).length
      return (items.length > 0 && open === 0) || `${items.length} rows, ${open} open`
    })
    const { items } = await stand.store.access.streams.list({ limit: 500, segment: 'outside' })
    // A client that closes on what it has not read, as on tickets of TLS, resets its connection when all was said.
    const codes = new Set(items.map(({ code }) => code)).difference(new Set(['AGT_CLIENT_RESET']))
    assert.deepEqual(codes, new Set(['AGT_FINISHED', 'SRV_FINISHED']))
    const sessions = new Map(Map.groupBy(items, ({ session }) => session))
    for (const rows of sessions.values()) {
      const ports = rows.map(({ server: to }) => Number(/:(\d+)$/.exec(to)?.[1])).toSorted((a, b) => a - b)
      const controls = ports.filter(port => port < INSIDE_BASE)
      assert.ok(ports.length > 1 && controls.length === 1, `a session of ${ports.join()}`)
    }
    const listening = await stand.network.connectors[0].run('ss', ['-Hltnu'])
    assert.equal(listening.stdout, '')
    assert.deepEqual(new Set(items.map(({ connector }) => connector)), new Set(['con1']))
  })

  it('is out of reach for new clients as soon as it is published no more', async () => {
    const row = await stand.store.access.publications.get('outside')
    await stand.store.access.publications.replace(
      'outside',
      { ...publication(), enabled: false },
      { by: 'test', ...(row && { base: row.revision }) },
    )
    await untilBound([])
    const refused = await stand.network.user.run('curl', ['-sS', `ftp://${EDGE_OUTSIDE}/`])
    assert.equal(refused.code, 7, refused.stderr)
  })
})
