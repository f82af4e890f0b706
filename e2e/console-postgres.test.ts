import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { skipPostgres, startPostgres } from '@portolan/store/testing'
import { type ServedConsole, serveConsole, setUp, signIn } from './support/console.ts'
import { Dialogue } from './support/dialogue.ts'
import { haproxyProgram, runHaproxy } from './support/haproxy.ts'
import { freePorts } from './support/ports.ts'
import { mustSucceed, runProgram } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'
import { begin, put } from './support/transfers.ts'
import { until } from './support/within.ts'

/** Where clients come to, where the nodes are, and where the load balancer comes from. */
const FRONT = '127.0.0.2'
const BACK = '127.0.0.1'
const SOURCE = '127.0.0.3'
const PASSWORD = 'correct horse battery'
const LARGE = 16 * 1024 * 1024

const skip = skipPostgres() || (haproxyProgram() === undefined && 'haproxy is not installed')

/** Ports of two nodes behind one load balancer. */
async function plan() {
  const { basePort } = await freePorts(40)
  return {
    ftp: basePort,
    console: basePort + 1,
    nodes: [
      { ftp: basePort + 2, console: basePort + 3, passive: basePort + 10 },
      { ftp: basePort + 4, console: basePort + 5, passive: basePort + 25 },
    ] as const,
  }
}

const PASSIVE_PORTS = 12

type Plan = Awaited<ReturnType<typeof plan>>

function haproxyFor({ ftp, console: web, nodes }: Plan): string {
  const servers = (of: 'ftp' | 'console', more: string) =>
    nodes.map((node, index) => `  server n${index} ${BACK}:${node[of]} source ${SOURCE} ${more}`).join('\n')
  const passive = nodes
    .map(
      ({ passive: first }, index) => `listen passive${index}
  bind ${FRONT}:${first}-${first + PASSIVE_PORTS - 1}
  server n${index} ${BACK} source ${SOURCE} send-proxy-v2`,
    )
    .join('\n')
  return `
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen ftp
  bind ${FRONT}:${ftp}
  balance roundrobin
${servers('ftp', 'send-proxy-v2')}
listen web
  mode http
  option forwardfor
  balance roundrobin
  bind ${FRONT}:${web}
${servers('console', '')}
${passive}
`
}

/** Starts one node on a database, with settings that suit the load balancer. The key file is that of the first. */
async function startNode(
  plan: Plan,
  index: 0 | 1,
  { cwd, database, keyFrom }: { cwd: string; database: string; keyFrom?: string },
): Promise<ServedConsole> {
  const { passive, ftp, console: web } = plan.nodes[index]
  const data = join(cwd, 'data')
  await mkdir(data, { recursive: true })
  if (keyFrom !== undefined) await copyFile(join(keyFrom, 'data/secret.key'), join(data, 'secret.key'))
  const text = `listeners: [{ host: ${BACK}, port: ${ftp}, proxyProtocol: ${SOURCE} }]
passive:
  basePort: ${passive}
  numberOfPorts: ${PASSIVE_PORTS}
  proxyProtocol: ${SOURCE}
  addressRules: [{ address: control }]
console: { host: ${BACK}, port: ${web}, trustedProxies: ${SOURCE}, publicUrl: 'http://${FRONT}:${plan.console}' }
tls: { selfSigned: true }
server: { dataFolder: ., workers: 1 }
`
  await writeFile(join(data, 'portolan.yaml'), text)
  return serveConsole(['--database', database], { cwd, places: [] })
}

describe('two nodes on one PostgreSQL behind haproxy', { skip }, () => {
  it('let a user in on one who was made on the other, and share the session of the console', async () => {
    await using postgres = await startPostgres()
    await using first = await makeScratch()
    await using second = await makeScratch()
    const ports = await plan()
    await using one = await startNode(ports, 0, { cwd: first.path, database: postgres.url })
    await using two = await startNode(ports, 1, {
      cwd: second.path,
      database: postgres.url,
      keyFrom: first.path,
    })
    assert.ok(one.setupUrl !== undefined && two.ftpPort === ports.nodes[1].ftp)
    await using _proxy = await runHaproxy(haproxyFor(ports), { host: FRONT, port: ports.ftp })

    const url = `http://${FRONT}:${ports.console}`
    const direct = `http://${BACK}:${ports.nodes[0].console}`
    const made = await setUp({ url: direct, setupUrl: one.setupUrl })
    await made.must('POST', '/users', {
      name: 'alice',
      password: PASSWORD,
      home: await home(first.path, 'alice'),
    })

    const api = await signIn(url)
    // Round robin: one request after the other goes to another node, with the same cookie.
    for (let count = 0; count < 4; count++) await api.must('GET', '/auth/me')
    for (let count = 0; count < 4; count++) {
      const args = ['--silent', '--show-error', '--ssl-reqd', '-k', '-u', `alice:${PASSWORD}`]
      const file = `ftp://${FRONT}:${ports.ftp}/n${count}.txt`
      const upload = await runProgram('curl', [...args, '-T', '-', file], { input: `number ${count}` })
      mustSucceed('curl', upload)
      assert.equal(mustSucceed('curl', await runProgram('curl', [...args, file])).stdout, `number ${count}`)
    }
    const nodes = new Set<string>()
    await until(async () => {
      const log = await api.must<{ items: { node: string; address: string; verdict: string }[] }>(
        'GET',
        '/transfers?limit=50',
      )
      for (const { verdict, address } of log.items) nodes.add(`${verdict} ${address}`)
      return log.items.length === 8 || `${log.items.length} transfers are in the log`
    })
    assert.deepEqual([...nodes], ['complete 127.0.0.1'])

    const view = await api.must<{ version: number }>('GET', '/settings')
    const changes = [{ path: 'messages.greeting', value: 'Both of us say this' }]
    await api.must('PATCH', '/settings', { base: view.version, changes })
    for (const { ftp } of ports.nodes) {
      await until(async () => {
        await using visitor = await Dialogue.open({ host: BACK, port: ftp })
        return (
          (await visitor.reply()).text.includes('Both of us say this') || `the node at ${ftp} is not told yet`
        )
      })
    }
  })
})

describe('a node whose PostgreSQL goes away', { skip: skipPostgres() }, () => {
  it('serves the sessions it has, refuses logins with 421 in words, and recovers by itself', async () => {
    await using postgres = await startPostgres()
    await using scratch = await makeScratch()
    await using node = await serveConsole(['--database', postgres.url], { cwd: scratch.path })
    const api = await setUp(node)
    await api.must('POST', '/users', { name: 'alice', password: PASSWORD })
    const content = randomBytes(LARGE)
    await writeFile(join(scratch.path, 'data/files/alice/large.bin'), content)
    const target = { host: '127.0.0.1', port: node.ftpPort }
    await using running = await (await Dialogue.begin(target)).logIn('alice', PASSWORD)
    await running.ask('TYPE I', 200)
    await using download = await begin(running, 'RETR large.bin')

    await postgres.kill()
    await using late = await Dialogue.begin(target)
    await late.ask('USER alice', 421, /try again/i)
    assert.ok((await download.readAll()).equals(content))
    await running.expect(226)
    await put(running, 'STOR meanwhile.txt', 'kept')
    const ready = await fetch(`${node.url}/readyz`)
    assert.equal(ready.status, 503)
    assert.equal((await fetch(`${node.url}/healthz`)).status, 200)

    await postgres.start()
    await until(async () => {
      await using again = await Dialogue.begin(target)
      const { code, text } = await again.ask('USER alice')
      return code === 331 || `the answer is still ${code} ${text}`
    })
    await until(
      async () => {
        const log = await api.call('GET', '/transfers?search=meanwhile.txt')
        const items = (log.body as { items?: unknown[] }).items ?? []
        return items.length === 1 || 'the transfer of the lost minute is not in the log yet'
      },
      { limitMs: 40_000, everyMs: 200 },
    )
  })
})

/** Both nodes have to see the same folder: here it is one of the same machine. */
async function home(cwd: string, name: string): Promise<string> {
  const path = join(cwd, 'shared', name)
  await mkdir(path, { recursive: true })
  return path
}
