import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { SegmentInput } from '@portolan/gateway'
import { type LabServer, startServer } from '../lab/servers/start.ts'
import { freePorts } from '../support/ports.ts'
import { findProgram, mustSucceed, runProgram } from '../support/programs.ts'
import { until } from '../support/within.ts'
import { type Access, type Started, startOnLoopback } from './access-path.ts'

/** Loopback addresses that programs find for servers of their own. */
const [SERVER, OPEN_SERVER, LOCKED] = ['127.0.0.9', '127.0.0.10', '127.0.0.11']
const BIG = Buffer.alloc(2_000_000, 'portolan ')

interface Way {
  readonly title: string
  /** Flags of curl, and the URL of the server's root. */
  readonly flags: readonly string[]
  readonly root: string
}

describe('an agent', { timeout: 120_000 }, () => {
  const stack = new AsyncDisposableStack()
  const ports: {
    readonly socks: number
    readonly http: number
    readonly ftp: number
    readonly open: number
    readonly locked: number
    readonly tls: number
  } = {
    ...{ socks: 0, http: 0, ftp: 0, open: 0, locked: 0, tls: 0 },
  }
  let access: Access
  let agent: Started
  let server: LabServer
  let openServer: LabServer

  before(async () => {
    server = stack.use(await startServer('portolan', { host: SERVER, tls: 'explicit' }))
    openServer = stack.use(await startServer('portolan', { host: OPEN_SERVER }))
    for (const one of [server, openServer]) {
      await one.give('hello.txt', 'hello')
      await one.give('big.bin', BIG)
    }
    const common = { segmentGroup: 'all', serverGroup: 'servers' }
    const inspected: SegmentInput = {
      ...{ name: 'ftp', applications: [SERVER], ports: [{ from: server.port, to: server.port }] },
      ...{ inspection: 'ftp', ...common },
    }
    const open: SegmentInput = {
      ...{ name: 'open', applications: [OPEN_SERVER], ports: [{ from: 1, to: 65_535 }] },
      ...{ doubleEncryption: true, ...common },
    }
    const locked: SegmentInput = {
      ...{ name: 'locked', applications: [LOCKED], ports: [{ from: 21, to: 21 }] },
      ...{ inspection: 'ftp', ...common },
    }
    access = stack.use(await startOnLoopback({ segments: [inspected, open, locked], denied: ['locked'] }))
    const { basePort } = await freePorts(5)
    Object.assign(ports, {
      socks: basePort,
      http: basePort + 1,
      ftp: basePort + 2,
      open: basePort + 3,
      locked: basePort + 4,
    })
    agent = await access.startAgent([
      ...['--socks', `127.0.0.1:${ports.socks}`, '--http', `127.0.0.1:${ports.http}`, '-v'],
      ...['--listen', `127.0.0.1:${ports.ftp}=${SERVER}:${server.port}`],
      ...['--listen', `127.0.0.1:${ports.open}=${OPEN_SERVER}:${openServer.port}`],
      ...['--listen', `127.0.0.1:${ports.locked}=${LOCKED}:21`],
    ])
  })
  after(() => stack.disposeAsync())

  /** What is logged comes a moment later. */
  const untilSaid = (text: RegExp) =>
    until(async () => text.test(agent.program.errors) || `${text} in ${agent.program.errors}`)

  const curl = async (...args: readonly string[]) =>
    runProgram('curl', ['-sS', '--max-time', '30', '-u', `${server.user}:${server.password}`, ...args])

  const ways = (): Way[] =>
    [server, openServer].flatMap(({ host, port }) => {
      const kind =
        host === SERVER ? 'a server whose control connection is read' : 'a server with double encryption'
      const root = `ftp://${host}:${port}`
      const listener = host === SERVER ? ports.ftp : ports.open
      return [
        { title: `SOCKS 5 to ${kind}`, flags: ['--socks5-hostname', `127.0.0.1:${ports.socks}`], root },
        { title: `HTTP CONNECT to ${kind}`, flags: ['-p', '-x', `http://127.0.0.1:${ports.http}`], root },
        { title: `a listener for ${kind}`, flags: [], root: `ftp://127.0.0.1:${listener}` },
      ]
    })

  it('says how to use each way', () => {
    assert.equal(agent.lines[0], 'agent of alice, who has 3 segments')
    const tries = agent.lines.filter(line => line.startsWith('try: '))
    assert.equal(tries.length, 5)
    assert.equal(
      tries[0],
      `try: curl --socks5-hostname 127.0.0.1:${ports.socks} ftp://${SERVER}:${server.port}/`,
    )
    assert.equal(tries[2], `try: curl ftp://127.0.0.1:${ports.ftp}/, which is ${SERVER} port ${server.port}`)
  })

  it('lets curl list, fetch and store by every way, with EPSV and with PASV', async () => {
    const passive = [[], ['--disable-epsv'], ['--disable-epsv', '--no-ftp-skip-pasv-ip']]
    const up = join(access.folder, 'up.bin')
    await writeFile(up, BIG)
    for (const { title, flags, root } of ways()) {
      for (const more of passive) {
        const named = `${title} ${more.join(' ')}`
        const down = join(access.folder, 'down.bin')
        mustSucceed(named, await curl(...flags, ...more, '-o', down, `${root}/big.bin`))
        assert.ok(BIG.equals(await readFile(down)), named)
        mustSucceed(named, await curl(...flags, ...more, '-T', up, `${root}/up.bin`))
        const { stdout } = mustSucceed(named, await curl(...flags, ...more, '-l', `${root}/`))
        assert.deepEqual(stdout.trim().split(/\r?\n/).sort(), ['big.bin', 'hello.txt', 'up.bin'], named)
      }
    }
    for (const { files } of [server, openServer]) assert.ok(BIG.equals(await readFile(join(files, 'up.bin'))))
  })

  it('tells why something is refused, to curl and to the user', async () => {
    const url = `ftp://${LOCKED}:21/`
    const bySocks = await curl('--socks5-hostname', `127.0.0.1:${ports.socks}`, url)
    assert.equal(bySocks.code, 97)
    assert.match(bySocks.stderr, /\(2\)/)
    const byHttp = await curl('-v', '-p', '-x', `http://127.0.0.1:${ports.http}`, url)
    assert.equal(byHttp.code, 56)
    assert.match(byHttp.stderr, /403 Forbidden[\s\S]*X-Portolan-Status: POL_DENIED/)
    const byListener = await curl(`ftp://127.0.0.1:${ports.locked}/`)
    // The reset may come while curl still connects.
    assert.ok(byListener.code === 56 || byListener.code === 7, byListener.stderr)
    await untilSaid(/Ask Anna\./)
  })

  it('answers active mode at once, in words, where it reads along', async () => {
    const active = await curl('-v', '-P', '-', `ftp://127.0.0.1:${ports.ftp}/hello.txt`)
    assert.equal(active.code, 30)
    assert.match(active.stderr, /< 502 /)
  })

  it('says that data connections of FTPS cannot be led through a listener', async () => {
    const flags = ['--ssl-reqd', '-k', '--connect-timeout', '5']
    await curl(...flags, `ftp://127.0.0.1:${ports.ftp}/hello.txt`)
    await untilSaid(/encrypted from here on.*Use SOCKS 5/)
  })

  it('lets lftp fetch a folder by a listener', async t => {
    if (findProgram('lftp') === undefined) return t.skip('lftp is not installed')
    for (const port of [ports.ftp, ports.open]) {
      const open = `open -u ${server.user},${server.password} -p ${port} 127.0.0.1`
      const script = `set net:timeout 20; set net:max-retries 1; set ftp:ssl-allow no; ${open}; cat hello.txt; cls -1`
      const { stdout } = mustSucceed('lftp', await runProgram('lftp', ['--norc', '-c', script]))
      assert.match(stdout, /^hello[\s\S]*big\.bin/)
    }
  })

  it('lets ncftp fetch and store by a listener', async t => {
    if (findProgram('ncftpget') === undefined) return t.skip('ncftp is not installed')
    const login = ['-u', server.user, '-p', server.password]
    for (const port of [ports.ftp, ports.open]) {
      const common = ['-V', ...login, '-P', String(port), '-t', '20']
      const env = { HOME: access.folder }
      const got = join(access.folder, `ncftp-${port}`)
      mustSucceed(
        'ncftpget',
        await runProgram('ncftpget', [...common, '-C', '127.0.0.1', 'big.bin', got], { env }),
      )
      assert.ok(BIG.equals(await readFile(got)))
      mustSucceed(
        'ncftpput',
        await runProgram('ncftpput', [...common, '-C', '127.0.0.1', got, 'again.bin'], { env }),
      )
    }
  })

  it('stops at SIGTERM with exit code 0', async () => {
    const other = await access.startAgent(['--socks', '127.0.0.1:0', '--data', join(access.folder, 'other')])
    process.kill(other.program.pid, 'SIGTERM')
    assert.equal(await other.program.exit(), 0)
  })
})
