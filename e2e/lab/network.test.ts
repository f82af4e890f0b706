import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { mustSucceed, runProgram } from '../support/programs.ts'
import { isMiddlebox, WRONG_ADDRESS } from './network/middlebox.ts'
import { skipNetwork } from './network/namespaces.ts'
import { DATA_WAYS, type Observation, type Outcome, observe } from './network/observe.ts'
import { buildTopology, type Topology, type TopologyName } from './network/topology.ts'
import { LAB_SERVERS } from './servers/kinds.ts'
import type { LabServer } from './servers/start.ts'
import { skipServer } from './servers/workshop.ts'

/** What a listing comes to by EPSV, PASV at the control address, PASV at the address of its reply, and PORT. */
type Row = readonly [Outcome, Outcome, Outcome, Outcome]

const ALL: Row = ['lists', 'lists', 'lists', 'lists']
const NO_PASSIVE: Row = ['times out', 'times out', 'times out', 'lists']
const NO_PORT: Row = ['lists', 'lists', 'lists', 'PORT refused']

/** half-open and client-firewall are not here: what comes of them depends on the port. */
const EXPECTED: Readonly<
  Record<Exclude<TopologyName, 'half-open' | 'client-firewall'>, { clear: Row; tls: Row }>
> = {
  direct: { clear: ALL, tls: ALL },
  'passive-closed': { clear: NO_PASSIVE, tls: NO_PASSIVE },
  'passive-rejected': {
    clear: ['refused', 'refused', 'refused', 'lists'],
    tls: ['refused', 'refused', 'refused', 'lists'],
  },
  'nat-private': {
    clear: ['lists', 'lists', 'times out', 'lists'],
    tls: ['lists', 'lists', 'times out', 'lists'],
  },
  'nat-helper': { clear: ALL, tls: NO_PASSIVE },
  'client-nat': { clear: NO_PORT, tls: NO_PORT },
  'client-nat-helper': { clear: ALL, tls: NO_PORT },
  'rewrites-pasv-address': { clear: ['lists', 'lists', 'times out', 'lists'], tls: ALL },
  'rewrites-pasv-port': { clear: ['lists', 'refused', 'refused', 'lists'], tls: ALL },
  'rewrites-port': { clear: NO_PORT, tls: ALL },
  'strips-feat': { clear: ALL, tls: ALL },
  'blocks-auth': { clear: ALL, tls: ['no TLS', 'no TLS', 'no TLS', 'no TLS'] },
  'blocks-epsv': { clear: ALL, tls: ALL },
  'masks-banner': { clear: ALL, tls: ALL },
  'kills-tls': { clear: ALL, tls: ['reset', 'reset', 'reset', 'reset'] },
  'kills-pasv': { clear: ['lists', 'reset', 'reset', 'lists'], tls: ALL },
}

/** Seconds. What is expected to come may take long on a busy machine; what is expected not to come is not awaited as long. */
const PATIENCE = { good: 15, bad: 3 }

const skip = skipNetwork()
const kinds = await Promise.all(LAB_SERVERS.map(async one => [one, await skipServer(one.kind)] as const))

function isName(name: string): name is keyof typeof EXPECTED {
  return Object.hasOwn(EXPECTED, name)
}

/** Tries all four ways, in the clear and under TLS, all at once. */
async function observeAll(topology: Topology, server: LabServer, name: keyof typeof EXPECTED) {
  const { clear, tls } = EXPECTED[name]
  const tryRow = (row: Row, underTls: boolean) =>
    Promise.all(
      DATA_WAYS.map((way, index) => {
        const patience = row[index] === 'times out' ? PATIENCE.bad : PATIENCE.good
        return observe(topology, server, { way, tls: underTls, patience })
      }),
    )
  const [seenClear, seenTls] = await Promise.all([tryRow(clear, false), tryRow(tls, true)])
  return { clear: seenClear, tls: seenTls }
}

const outcomes = (seen: readonly Observation[]) => seen.map(one => one.outcome)
const logs = (seen: readonly Observation[]) => seen.map(one => one.log).join('\n')

// Most of the time passes in waiting for what does not come.
describe('a topology', { skip, concurrency: 2 }, () => {
  for (const name of Object.keys(EXPECTED).filter(isName)) {
    it(`${name} does what its name says, in the clear and under TLS`, async () => {
      await using topology = await buildTopology(name)
      await using server = await topology.startServer('portolan', { tls: 'explicit' })
      const seen = await observeAll(topology, server, name)
      assert.deepEqual(outcomes(seen.clear), EXPECTED[name].clear, logs(seen.clear))
      assert.deepEqual(outcomes(seen.tls), EXPECTED[name].tls, logs(seen.tls))
      // Too late is too late for the data connection: the login went through and a port was told.
      for (const { outcome, log } of [...seen.clear, ...seen.tls]) {
        if (outcome === 'times out') assert.match(log, /^< 22[79] /m)
      }
    })
  }

  it('half-open lets the lower half of the passive ports through', async () => {
    await using topology = await buildTopology('half-open')
    await using server = await topology.startServer('portolan')
    const { open } = topology
    assert.ok(open)
    const came = { lists: 0, 'times out': 0 }
    // The server picks at random: the chance that forty ports are all of one half is 2 in 10^12.
    for (let attempt = 0; attempt < 10 && Math.min(...Object.values(came)) === 0; attempt += 1) {
      const four = Array.from({ length: 4 }, () =>
        observe(topology, server, { way: 'PASV', tls: false, patience: PATIENCE.bad }),
      )
      for (const { outcome, log } of await Promise.all(four)) {
        const [, high, low] = /^< 227 .*,(\d+),(\d+)\)/m.exec(log) ?? []
        const port = Number(high) * 256 + Number(low)
        const isOpen: boolean = port < open.basePort + open.numberOfPorts
        assert.equal(outcome, isOpen ? 'lists' : 'times out', `port ${port}\n${log}`)
        came[isOpen ? 'lists' : 'times out'] += 1
      }
    }
    assert.ok(came.lists > 0 && came['times out'] > 0, JSON.stringify(came))
  })
})

describe('a NAT router', { skip }, () => {
  it('has the server tell its private address, which nf_conntrack_ftp replaces in the clear alone', async () => {
    const told = async (name: TopologyName, tls: boolean) => {
      await using topology = await buildTopology(name)
      await using server = await topology.startServer('portolan', { tls: 'explicit' })
      const { log } = await observe(topology, server, { way: 'PASV', tls, patience: PATIENCE.bad })
      const [, address = ''] = /^< 227 .*?(\d+,\d+,\d+,\d+),\d+,\d+/m.exec(log) ?? []
      return address.replaceAll(',', '.')
    }
    assert.equal(await told('nat-private', false), '10.0.0.21')
    assert.equal(await told('nat-helper', false), '203.0.113.7')
    assert.equal(await told('nat-helper', true), '10.0.0.21')
  })

  it('before the client lets nobody in whom the client has not called', async () => {
    await using topology = await buildTopology('client-nat')
    const { clientOutside } = topology.addresses
    const dialled = await topology.server.run('curl', ['-q', '-sS', '-m1', `http://${clientOutside}:2000/`])
    assert.equal(dialled.code, 28, dialled.stderr)
  })

  it('before the client shows the server its own address', async () => {
    await using topology = await buildTopology('client-nat')
    await using server = await topology.startServer('portolan')
    const { host, port, user, password } = server
    const url = `ftp://${host}:${port}/`
    const args = ['-q', '-sSv', '-u', `${user}:${password}`, '--head', '-Q', 'STAT', url]
    const { stderr } = await topology.client.run('curl', args)
    assert.match(stderr, new RegExp(`Connected from ${topology.addresses.clientOutside}:`))
  })

  for (const [{ kind, label }, skipKind] of kinds) {
    it(`is no hindrance to ${label} that tells the router's address`, { skip: skipKind }, async () => {
      await using topology = await buildTopology('nat-private')
      const masquerade = topology.addresses.dialled
      await using server = await topology.startServer(kind, { masquerade })
      const { outcome, log } = await observe(topology, server, {
        way: 'PASV told',
        tls: false,
        patience: PATIENCE.good,
      })
      assert.equal(outcome, 'lists', log)
      assert.match(log, /^< 227 .*203,0,113,7,/m)
    })
  }
})

describe('a middlebox', { skip, concurrency: 2 }, () => {
  const cases = [
    {
      box: 'rewrites-pasv-address',
      way: 'PASV',
      seen: new RegExp(`227 .*${WRONG_ADDRESS.replaceAll('.', ',')}`),
    },
    { box: 'blocks-epsv', way: 'EPSV', seen: /> EPSV\r?\n[\s\S]*< 500 [\s\S]*> PASV\r?\n[\s\S]*< 227/ },
    { box: 'masks-banner', way: 'PASV', seen: /< 220 [* ]+\r?$/m },
  ] as const
  for (const { box, way, seen } of cases) {
    it(`that ${box.replaceAll('-', ' ')} shows it to the client`, async () => {
      assert.ok(isMiddlebox(box))
      await using topology = await buildTopology(box)
      await using server = await topology.startServer('portolan')
      const { log } = await observe(topology, server, { way, tls: false, patience: PATIENCE.good })
      assert.match(log, seen)
    })
  }

  it('that strips feat is seen by comparing its answers in the clear and under TLS', async () => {
    await using topology = await buildTopology('strips-feat')
    await using server = await topology.startServer('portolan', { tls: 'explicit' })
    const { host, port, user, password, certificate = '' } = server
    const features = async (...tls: readonly string[]) => {
      const args = ['-q', '-sSv', ...tls, '-u', `${user}:${password}`, '--head', '-Q', 'FEAT']
      const { stderr } = await topology.client.run('curl', [...args, `ftp://${host}:${port}/`])
      return [...stderr.matchAll(/^< {1,2}([A-Z]+)/gm)].map(([, name]) => name)
    }
    const clear = await features()
    const secret = await features('--ssl-reqd', '--cacert', certificate)
    for (const name of ['EPSV', 'MLST', 'AUTH']) {
      assert.ok(!clear.includes(name), `${name} in the clear: ${clear}`)
      assert.ok(secret.includes(name), `${name} under TLS: ${secret}`)
    }
    assert.ok(clear.includes('SIZE'), String(clear))
  })

  it('leaves the client its address', async () => {
    await using topology = await buildTopology('masks-banner')
    await using server = await topology.startServer('portolan')
    const url = `ftp://${server.user}:${server.password}@${server.host}:${server.port}/`
    const { stderr } = await topology.client.run('curl', ['-q', '-sSv', '--head', '-Q', 'STAT', url])
    assert.match(stderr, new RegExp(`Connected from ${topology.addresses.client}:`))
  })
})

describe('the namespaces of a topology', { skip }, () => {
  const namespaces = async (pid: number | undefined) => {
    const { stdout } = mustSucceed('ip', await runProgram('ip', ['netns', 'list']))
    return stdout.split('\n').filter(line => line.startsWith(`portolan-lab-${pid}-`))
  }

  it('are gone when it is disposed of, with the programs that run in them', async () => {
    const before = await namespaces(process.pid)
    const topology = await buildTopology('nat-private')
    await topology.startServer('portolan')
    const lost = await topology.client.start('sleep', ['60'])
    assert.equal((await namespaces(process.pid)).length, before.length + 3)
    await topology[Symbol.asyncDispose]()
    assert.deepEqual(await namespaces(process.pid), before)
    assert.notEqual(await lost.exit(), 0)
    await lost.stop()
  })

  it('are gone when the process gets SIGTERM, and its servers with them', async () => {
    const module = JSON.stringify(new URL('./network/topology.ts', import.meta.url).href)
    const script = `
      const { buildTopology } = await import(${module})
      const topology = await buildTopology('direct')
      await topology.startServer('portolan')
      console.log('built')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    assert.equal(line, 'built')
    assert.equal((await namespaces(child.pid)).length, 2)
    child.kill('SIGTERM')
    assert.deepEqual(await exited, [143, null])
    assert.deepEqual(await namespaces(child.pid), [])
  })
})
