import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { RunEvent, RunRow } from '@portolan/store'
import { readCounts } from './lab/network/counters.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import { ACTIVE_PORTS, buildTopology } from './lab/network/topology.ts'
import { type LabServer, startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { makeScratch } from './support/scratch.ts'
import { type Desk, openDesk } from './transfers/desk.ts'
import { startEngine } from './transfers/engine-process.ts'

const skip = skipNetwork() || (await skipServer('vsftpd'))
const FILES = 12
const SIZE = 300_000

/** A node behind a firewall that lets in {@link ACTIVE_PORTS} alone, and a partner on its other side. */
async function makeGround(ports: { basePort: number; numberOfPorts: number }, tls: 'off' | 'explicit') {
  await using making = new AsyncDisposableStack()
  const { path } = making.use(await makeScratch())
  const here = join(path, 'here')
  for (const name of ['out', 'in']) await mkdir(join(here, name), { recursive: true })
  const topology = making.use(await buildTopology('client-firewall'))
  const partner = await topology.startServer('vsftpd', { tls, logsProtocol: true })
  const place = { folder: join(path, 'data') }
  const engine = making.use(
    await startEngine(
      { place, node: 'node', folder: here, activePorts: ports, timing: { poll: 200 } },
      topology.client.launcher,
    ),
  )
  const desk = making.use(await openDesk(place))
  const kept = making.move()
  return {
    ...{ here, topology, partner, engine, desk },
    counts: async () => {
      assert.ok(topology.router)
      return readCounts(topology.router)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function activeSite(desk: Desk, partner: LabServer, connections: number): Promise<void> {
  const ca = partner.certificate === undefined ? undefined : await readFile(partner.certificate, 'utf8')
  await desk.site(
    {
      ...{ name: 'partner', host: partner.host, port: partner.port, user: partner.user, connections },
      ...{ protocol: ca === undefined ? 'ftp' : 'ftps-explicit', enableActiveMode: true },
      ...(ca !== undefined && { tls: { ca } }),
      timeouts: { connect: 4, reply: 10, idle: 10, completion: 5 },
      retry: { attempts: 20, first: 0.2, factor: 1, ceiling: 1, jitter: 0.5 },
    },
    partner.password,
  )
}

/** Ports that this machine announced, as the partner read them. */
async function announced({ protocolLog = '' }: LabServer): Promise<readonly number[]> {
  const log = await readFile(protocolLog, 'utf8')
  return [...log.matchAll(/"(?:PORT \d+,\d+,\d+,\d+,(\d+),(\d+)|EPRT \|\d\|[^|]+\|(\d+)\|)"/g)].map(
    ([, high, low, port]) => (port === undefined ? Number(high) * 256 + Number(low) : Number(port)),
  )
}

/** Ports of this machine's end of data connections, as the timeline tells them. */
function told(events: readonly RunEvent[]): readonly number[] {
  return events.flatMap(({ kind, text }) => {
    const [, port] = /^Data connection by (?:EPRT|PORT) from \S+:(\d+) to /.exec(text) ?? []
    return kind === 'data' ? [Number(port)] : []
  })
}

function assertWithin(ports: readonly number[], range: { basePort: number; numberOfPorts: number }): void {
  const outside = ports.filter(
    port => !(port >= range.basePort && port < range.basePort + range.numberOfPorts),
  )
  assert.deepEqual(outside, [])
}

const failures = (rows: readonly RunRow[]) =>
  rows.filter(({ state }) => state !== 'succeeded').map(({ state, error }) => `${state}: ${error?.text}`)

describe('active mode of outgoing transfers', { skip, concurrency: 2 }, () => {
  for (const tls of ['off', 'explicit'] as const) {
    it(`uses the active ports of the FTP Settings and only those, through a firewall that opens just them (TLS ${tls})`, async () => {
      await using ground = await makeGround(ACTIVE_PORTS, tls)
      const { desk, partner, here } = ground
      const pushed = new Map<string, Buffer>()
      const pulled = new Map<string, Buffer>()
      for (let index = 0; index < FILES; index++) {
        pushed.set(`push-${index}.bin`, randomBytes(SIZE + index))
        pulled.set(`pull-${index}.bin`, randomBytes(SIZE - index))
      }
      for (const [name, bytes] of pushed) await writeFile(join(here, 'out', name), bytes)
      for (const [name, bytes] of pulled) await partner.give(name, bytes)
      await activeSite(desk, partner, 6)

      const ids = [
        ...(await desk.queue({ name: 'push', steps: [{ do: 'push', site: 'partner' }] }, FILES, index => ({
          'file.path': `/out/push-${index}.bin`,
        }))),
        ...(await desk.queue({
          name: 'pull',
          steps: [{ do: 'pull', site: 'partner', pattern: 'pull-*', to: { folder: '/in' }, quietSeconds: 0 }],
        })),
      ]
      const rows = await desk.over(ids, 60_000)
      assert.deepEqual(failures(rows), [], ground.engine.stderr())
      for (const [name, bytes] of pushed)
        assert.deepEqual(await readFile(join(partner.files, name)), bytes, name)
      for (const [name, bytes] of pulled)
        assert.deepEqual(await readFile(join(here, 'in', name)), bytes, name)
      assert.deepEqual((await readdir(join(here, 'in'))).sort(), [...pulled.keys()].sort())

      const { counters, dialled } = await ground.counts()
      assert.equal(counters.outside, 0, 'connections to ports that are not of the range')
      assert.equal(counters.passive, 0, 'connections to the partner beside the control connections')
      assert.ok((counters.inside ?? 0) >= FILES * 2, `${counters.inside} connections of the partner`)
      assert.ok(dialled.length > 2, `only ${dialled} were used`)
      assertWithin(dialled, ACTIVE_PORTS)
      const seen = await announced(partner)
      assert.ok(seen.length >= FILES * 2, `only ${seen.length} of PORT and EPRT`)
      assertWithin(seen, ACTIVE_PORTS)
      const lines = (await Promise.all(ids.map(id => desk.events(id)))).flatMap(told)
      assert.ok(lines.length >= FILES * 2, `only ${lines.length} lines of data connections`)
      assertWithin(lines, ACTIVE_PORTS)
    })
  }

  it('of two ports alone serves six transfers at a time, which wait for each other and never leave the range', async () => {
    const two = { basePort: ACTIVE_PORTS.basePort, numberOfPorts: 2 }
    await using ground = await makeGround(two, 'off')
    const { desk, partner, here } = ground
    const content = randomBytes(SIZE)
    for (let index = 0; index < FILES; index++)
      await writeFile(join(here, 'out', `push-${index}.bin`), content)
    await activeSite(desk, partner, 6)
    const ids = await desk.queue(
      { name: 'push', steps: [{ do: 'push', site: 'partner' }] },
      FILES,
      index => ({ 'file.path': `/out/push-${index}.bin` }),
    )
    const rows = await desk.over(ids, 60_000)
    assert.deepEqual(failures(rows), [], ground.engine.stderr())
    for (let index = 0; index < FILES; index++)
      assert.deepEqual(await readFile(join(partner.files, `push-${index}.bin`)), content)
    const { counters, dialled } = await ground.counts()
    assert.deepEqual([counters.outside, counters.passive], [0, 0])
    assertWithin(dialled, two)
    assertWithin(await announced(partner), two)
  })

  it('uses an unused high port when the FTP Settings name none', async () => {
    await using scratch = await makeScratch()
    await using partner = await startServer('vsftpd', { logsProtocol: true })
    const place = { folder: join(scratch.path, 'data') }
    await using desk = await openDesk(place)
    await activeSite(desk, partner, 2)
    await writeFile(join(scratch.path, 'a.bin'), 'x')
    const ids = await desk.queue({ name: 'push', steps: [{ do: 'push', site: 'partner' }] }, 3, () => ({
      'file.path': join(scratch.path, 'a.bin'),
    }))
    await using engine = await startEngine({ place, node: 'node', folder: '/' })
    assert.deepEqual(failures(await desk.over(ids, 30_000)), [], engine.stderr())
    const seen = await announced(partner)
    assert.ok(seen.length >= 3, `only ${seen.length} of PORT and EPRT`)
    assertWithin(seen, { basePort: 1024, numberOfPorts: 65_536 - 1024 })
  })

  it('fails in words when the firewall opens other ports than the settings name', async () => {
    const closed = { basePort: 11_000, numberOfPorts: 4 }
    await using ground = await makeGround(closed, 'off')
    const { desk, partner, here } = ground
    await writeFile(join(here, 'out', 'a.bin'), 'x')
    await activeSite(desk, partner, 1)
    const ids = await desk.queue(
      {
        name: 'push',
        steps: [{ do: 'push', site: 'partner' }],
        retry: { attempts: 1 },
      },
      1,
      () => ({ 'file.path': '/out/a.bin' }),
    )
    const [row] = await desk.over(ids, 60_000)
    assert.equal(row?.state, 'failed')
    assert.match(row?.error?.text ?? '', /firewall|NAT|dial/i)
    assert.deepEqual(await readdir(partner.files), [])
    assert.equal(await readFile(join(here, 'out', 'a.bin'), 'utf8'), 'x')
    assertWithin(await announced(partner), closed)
  })
})
