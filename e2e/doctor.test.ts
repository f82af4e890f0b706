import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { skipNetwork } from './lab/network/namespaces.ts'
import { buildTopology, type Topology, type TopologyName } from './lab/network/topology.ts'
import type { LabKind } from './lab/servers/kinds.ts'
import type { LabServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { runPortolan } from './support/command.ts'
import { startPortolan } from './support/portolan.ts'
import { freePorts } from './support/ports.ts'
import type { ProgramResult } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'

const COMMAND = fileURLToPath(new URL('../packages/cli/bin/portolan.mjs', import.meta.url))
/** Seconds for each wait of the doctor: the networks here have no distance. */
const STEP = '2'
/** What its report takes when every port drops packets, and the machine does much else. */
const LIMIT_MS = 60_000

/** The part of a report that is looked at. */
interface Report {
  readonly exit: number | null
  readonly outcome: string
  /** `error CODE certain`, in order. */
  readonly verdicts: readonly string[]
  readonly texts: readonly string[]
  readonly works: { readonly mode: string; readonly rung: string } | null
  readonly settings: Readonly<Record<string, string>> | null
  readonly status: (step: string) => string | undefined
  readonly evidence: (step: string) => Readonly<Record<string, unknown>>
}

interface RawReport {
  readonly outcome: string
  readonly steps: readonly { step: string; status: string; evidence: Record<string, unknown>; ms: number }[]
  readonly verdicts: readonly { code: string; severity: string; confidence: string; text: string }[]
  readonly works: Report['works']
  readonly settings: Report['settings']
}

function reportOf({ code, stdout, stderr }: ProgramResult): Report {
  assert.notEqual(stdout, '', stderr)
  const raw: RawReport = JSON.parse(stdout)
  const found = (name: string) => raw.steps.find(({ step }) => step === name)
  return {
    exit: code,
    outcome: raw.outcome,
    verdicts: raw.verdicts.map(one => `${one.severity} ${one.code} ${one.confidence}`),
    texts: raw.verdicts.map(({ text }) => text),
    works: raw.works,
    settings: raw.settings,
    status: step => found(step)?.status,
    evidence: step => found(step)?.evidence ?? {},
  }
}

/** The doctor in the client's namespace. */
async function examine(
  { client }: Topology,
  { user, password, host, port, certificate }: LabServer,
  scheme: string,
  flags: readonly string[] = [],
): Promise<Report> {
  const trust = certificate === undefined ? [] : ['--ca', certificate]
  const url = `${scheme}://${user}@${host}:${port}/`
  const env = { PORTOLAN_PASSWORD: password }
  const args = ['doctor', '--json', '--no-netrc', '--step-timeout', STEP, ...trust, ...flags, url]
  return reportOf(await client.portolan(args, { limitMs: LIMIT_MS, env }))
}

interface Case {
  readonly topology: TopologyName
  readonly server: LabKind
  readonly tls?: 'explicit'
  readonly reuse?: 'required'
  /** Default `ftpes` with TLS, else `ftp`. */
  readonly scheme?: string
  readonly flags?: readonly string[]
  readonly exit: number
  /** The verdicts that come first. */
  readonly first: readonly string[]
}

const TLS = { tls: 'explicit' } as const

/** Our server answers SITE PROBE, and vsftpd does not: what is proved with one is likely with the other. */
const CASES: readonly Case[] = [
  { topology: 'direct', server: 'portolan', exit: 0, first: ['note ALL_GOOD certain'] },
  { topology: 'direct', server: 'portolan', ...TLS, exit: 0, first: ['note ALL_GOOD certain'] },
  {
    topology: 'direct',
    server: 'portolan',
    ...TLS,
    scheme: 'ftp',
    exit: 0,
    first: ['note ALL_GOOD certain'],
  },
  { topology: 'direct', server: 'vsftpd', ...TLS, exit: 0, first: ['note ALL_GOOD certain'] },
  {
    topology: 'direct',
    server: 'portolan',
    ...TLS,
    flags: ['--mode', 'active'],
    exit: 0,
    first: ['note ALL_GOOD certain'],
  },
  { topology: 'passive-closed', server: 'portolan', exit: 2, first: ['error PASSIVE_RANGE_CLOSED certain'] },
  { topology: 'passive-closed', server: 'vsftpd', exit: 2, first: ['error PASSIVE_RANGE_CLOSED likely'] },
  {
    topology: 'passive-rejected',
    server: 'portolan',
    exit: 2,
    first: ['error PASSIVE_RANGE_CLOSED certain'],
  },
  { topology: 'passive-rejected', server: 'vsftpd', exit: 2, first: ['error PASSIVE_RANGE_CLOSED likely'] },
  { topology: 'half-open', server: 'portolan', exit: 2, first: ['error PASSIVE_RANGE_PARTLY_OPEN certain'] },
  { topology: 'half-open', server: 'vsftpd', exit: 2, first: ['error PASSIVE_RANGE_PARTLY_OPEN certain'] },
  {
    topology: 'nat-private',
    server: 'portolan',
    exit: 1,
    first: ['warning SERVER_ADVERTISES_PRIVATE certain'],
  },
  {
    topology: 'nat-private',
    server: 'vsftpd',
    exit: 1,
    first: ['warning SERVER_ADVERTISES_PRIVATE certain'],
  },
  {
    topology: 'nat-helper',
    server: 'portolan',
    ...TLS,
    scheme: 'ftp',
    exit: 1,
    first: ['warning NAT_HELPER_NEEDED certain'],
  },
  {
    topology: 'nat-helper',
    server: 'vsftpd',
    ...TLS,
    flags: ['--allow-clear'],
    exit: 2,
    first: ['error NAT_HELPER_NEEDED certain', 'error PASSIVE_RANGE_CLOSED likely'],
  },
  {
    topology: 'nat-helper',
    server: 'portolan',
    ...TLS,
    exit: 2,
    first: ['error PASSIVE_RANGE_CLOSED certain', 'warning SERVER_ADVERTISES_PRIVATE certain'],
  },
  { topology: 'nat-helper', server: 'portolan', exit: 1, first: ['warning NAT_HELPER_NEEDED likely'] },
  {
    topology: 'client-nat',
    server: 'portolan',
    flags: ['--mode', 'active'],
    exit: 2,
    first: ['error CLIENT_BEHIND_NAT certain', 'error ACTIVE_REFUSED_BY_SERVER certain'],
  },
  {
    topology: 'client-nat',
    server: 'vsftpd',
    flags: ['--mode', 'active'],
    exit: 2,
    first: ['error CLIENT_BEHIND_NAT likely', 'error ACTIVE_REFUSED_BY_SERVER certain'],
  },
  {
    topology: 'client-nat',
    server: 'portolan',
    flags: ['--mode', 'active', '--external-address', '198.51.100.7'],
    exit: 2,
    first: ['error CLIENT_BEHIND_NAT certain', 'error INCOMING_FILTERED likely'],
  },
  { topology: 'client-nat', server: 'portolan', exit: 0, first: ['note ALL_GOOD certain'] },
  {
    topology: 'client-nat-helper',
    server: 'portolan',
    ...TLS,
    scheme: 'ftp',
    flags: ['--mode', 'active'],
    exit: 1,
    first: ['warning ALG_FIXES_PORT certain'],
  },
  {
    topology: 'rewrites-pasv-address',
    server: 'portolan',
    exit: 1,
    first: ['warning ALG_REWRITES_PASV certain'],
  },
  {
    topology: 'rewrites-pasv-address',
    server: 'vsftpd',
    ...TLS,
    scheme: 'ftp',
    exit: 1,
    first: ['warning ALG_REWRITES_PASV certain'],
  },
  {
    topology: 'rewrites-pasv-address',
    server: 'vsftpd',
    exit: 1,
    first: ['warning WRONG_EXTERNAL_ADDRESS likely'],
  },
  {
    topology: 'rewrites-pasv-port',
    server: 'portolan',
    exit: 1,
    first: ['warning ALG_REWRITES_PASV certain'],
  },
  {
    topology: 'rewrites-pasv-port',
    server: 'vsftpd',
    exit: 1,
    first: ['warning ALG_REWRITES_PASV possible'],
  },
  { topology: 'rewrites-port', server: 'portolan', exit: 1, first: ['warning ALG_REWRITES_PORT certain'] },
  { topology: 'rewrites-port', server: 'vsftpd', exit: 1, first: ['warning ALG_REWRITES_PORT likely'] },
  {
    topology: 'direct',
    server: 'portolan',
    ...TLS,
    reuse: 'required',
    exit: 0,
    first: ['note SESSION_REUSE_REQUIRED certain', 'note ALL_GOOD certain'],
  },
  {
    topology: 'direct',
    server: 'vsftpd',
    ...TLS,
    reuse: 'required',
    exit: 0,
    first: ['note SESSION_REUSE_REQUIRED certain', 'note ALL_GOOD certain'],
  },
  {
    topology: 'strips-feat',
    server: 'portolan',
    ...TLS,
    scheme: 'ftp',
    exit: 1,
    first: ['warning ALG_STRIPS_FEAT certain'],
  },
  { topology: 'strips-feat', server: 'vsftpd', ...TLS, exit: 1, first: ['warning ALG_STRIPS_FEAT likely'] },
  { topology: 'blocks-auth', server: 'portolan', ...TLS, exit: 3, first: ['error ALG_BLOCKS_AUTH likely'] },
  {
    topology: 'blocks-auth',
    server: 'vsftpd',
    ...TLS,
    scheme: 'ftp',
    exit: 1,
    first: ['warning ALG_BLOCKS_AUTH likely'],
  },
  {
    topology: 'blocks-epsv',
    server: 'portolan',
    ...TLS,
    scheme: 'ftp',
    exit: 1,
    first: ['warning ALG_BLOCKS_EPSV certain'],
  },
  { topology: 'blocks-epsv', server: 'vsftpd', exit: 1, first: ['warning ALG_BLOCKS_EPSV possible'] },
  {
    topology: 'masks-banner',
    server: 'portolan',
    exit: 1,
    first: ['warning INSPECTION_MASKS_BANNER likely'],
  },
  { topology: 'kills-tls', server: 'portolan', ...TLS, exit: 3, first: ['error MIDDLEBOX_KILLS_TLS likely'] },
  { topology: 'kills-pasv', server: 'vsftpd', exit: 1, first: ['warning ALG_DROPS likely'] },
]

describe('portolan doctor in networks', { skip: skipNetwork(), concurrency: 2 }, () => {
  for (const one of CASES) {
    const { topology, server: kind, tls, reuse, flags = [], exit, first } = one
    const scheme = one.scheme ?? (tls ? 'ftpes' : 'ftp')
    const name = [topology, kind, reuse && 'session reuse required', `${scheme}://`, ...flags].filter(Boolean)
    it(`${name.join(', ')}: ${first.join(', ')}`, async t => {
      const missing = await skipServer(kind)
      if (missing) return t.skip(missing)
      await using network = await buildTopology(topology)
      await using server = await network.startServer(kind, {
        ...(tls && { tls }),
        ...(reuse && { sessionReuse: reuse }),
      })
      await server.give('hello.txt', 'hello')
      const report = await examine(network, server, scheme, flags)
      const said = report.texts.join('\n')
      assert.deepEqual(report.verdicts.slice(0, first.length), first, said)
      assert.equal(report.exit, exit, said)
    })
  }

  const SETTINGS: readonly (readonly [TopologyName, LabKind, 'explicit' | 'off'])[] = [
    ['direct', 'vsftpd', 'explicit'],
    ['nat-private', 'portolan', 'explicit'],
    ['passive-closed', 'portolan', 'off'],
    ['rewrites-pasv-port', 'portolan', 'off'],
  ]
  for (const [topology, kind, tls] of SETTINGS) {
    it(`${topology}, ${kind}: a file comes with each of the settings that are printed`, async t => {
      const missing = (await skipServer(kind)) || (await skipServer('portolan'))
      if (missing) return t.skip(missing)
      await using network = await buildTopology(topology)
      await using server = await network.startServer(kind, { tls })
      await using scratch = await makeScratch()
      await server.give('hello.txt', 'hello')
      const { settings } = await examine(network, server, tls === 'off' ? 'ftp' : 'ftpes')
      const { user, password, certificate = '' } = server
      const fetch = async (line: string) => {
        const command = line.replaceAll('CA.pem', certificate).replaceAll('/FILE', '/hello.txt')
        const env = { PORTOLAN_PASSWORD: password, HOME: scratch.path }
        return network.client.run('sh', ['-c', command], { cwd: scratch.path, env })
      }
      const curl = settings?.curl ?? ''
      const byCurl = await fetch(
        curl
          .replace('curl --remote-name', 'curl -sS')
          .replace(`--user ${user}`, `--user ${user}:${password}`),
      )
      assert.deepEqual([byCurl.stdout, byCurl.stderr], ['hello', ''], curl)
      const lftp = (settings?.lftp ?? '').replace(`${user}@`, `${user}:${password}@`)
      const byLftp = await fetch(`lftp -c '${lftp}\nset net:max-retries 1\ncat hello.txt'`)
      assert.deepEqual([byLftp.stdout, byLftp.stderr], ['hello', ''], lftp)
      const portolan = (settings?.portolan ?? '').replace(/^portolan/, `${process.execPath} ${COMMAND}`)
      const byPortolan = await fetch(`${portolan} && cat hello.txt`)
      assert.match(byPortolan.stdout, /hello$/, `${portolan}\n${byPortolan.stderr}`)
    })
  }

  it('a firewall of the client that drops, and one that rejects, what the server begins', async () => {
    await using network = await buildTopology('direct')
    await using server = await network.startServer('portolan')
    const firewall = (verdict: string) =>
      `table ip local {\n chain input {\n type filter hook input priority 0; policy accept;\n iifname "lo" accept\n ct state established accept\n tcp flags syn ${verdict}\n }\n}\n`
    await network.client.nft(firewall('drop'))
    const dropped = await examine(network, server, 'ftp', ['--mode', 'active'])
    assert.equal(dropped.verdicts[0], 'error INCOMING_FILTERED likely', dropped.texts.join('\n'))
    await network.client.nft('flush ruleset')
    await network.client.nft(firewall('reject with tcp reset'))
    const rejected = await examine(network, server, 'ftp', ['--mode', 'active'])
    assert.equal(rejected.verdicts[0], 'error CLIENT_PORT_CLOSED certain', rejected.texts.join('\n'))
    assert.equal(rejected.exit, 2)
    assert.deepEqual(rejected.works?.mode, 'passive', 'what works is offered')
  })

  it('a control port that is dropped, and one at which nobody listens', async () => {
    await using network = await buildTopology('passive-closed')
    const { dialled } = network.addresses
    const run = async (port: number) =>
      reportOf(
        await network.client.portolan([
          'doctor',
          '--json',
          '--step-timeout',
          '1',
          `ftp://${dialled}:${port}/`,
        ]),
      )
    assert.deepEqual((await run(2121)).verdicts, ['error CONTROL_FILTERED certain'])
    const refused = await run(network.controlPort)
    assert.deepEqual([refused.verdicts, refused.exit], [['error CONTROL_REFUSED certain'], 3])
  })
})

/** Listens on the loopback and gives each client these bytes. */
async function sayer(text: string): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    if (text !== '') socket.write(text)
  })
  const { basePort: port } = await freePorts(1)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(port, '127.0.0.1', resolve)
  await promise
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}

const doctor = async (...args: string[]) =>
  reportOf(
    await runPortolan(['doctor', '--json', '--no-netrc', '--step-timeout', '1', ...args], {
      limitMs: LIMIT_MS,
      env: { PORTOLAN_PASSWORD: 'open sesame' },
    }),
  )

describe('portolan doctor', { concurrency: 2 }, () => {
  it('an SSH server', async () => {
    await using ssh = await sayer('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')
    const { verdicts, exit } = await doctor(`ftp://127.0.0.1:${ssh.port}`)
    assert.deepEqual([verdicts, exit], [['error THIS_IS_SFTP certain'], 3])
  })

  it('silence on the port', async () => {
    await using silent = await sayer('')
    const { verdicts, exit } = await doctor(`ftp://127.0.0.1:${silent.port}`)
    assert.deepEqual([verdicts, exit], [['error NO_GREETING certain'], 3])
  })

  it('a wrong password, which is in no part of the report', async () => {
    await using server = await startPortolan()
    const { port } = server.listener()
    const { stdout, code } = await runPortolan(
      ['doctor', '--json', '--no-netrc', '--step-timeout', '2', `ftp://alice@127.0.0.1:${port}`],
      { env: { PORTOLAN_PASSWORD: 'wrong-and-secret' } },
    )
    const { verdicts } = reportOf({ stdout, code, stderr: '' })
    assert.deepEqual([verdicts, code], [['error LOGIN_FAILED certain'], 3])
    assert.doesNotMatch(stdout, /wrong-and-secret/)
  })

  it('explicit and implicit TLS, each at the port of the other', async () => {
    const { basePort } = await freePorts(1)
    await using server = await startPortolan({
      implicitTls: [`127.0.0.1:${basePort}`],
      flags: ['--tls-self-signed'],
    })
    const { port } = server.listener()
    const late = await doctor(`ftps://alice@127.0.0.1:${port}`)
    assert.deepEqual([late.verdicts, late.exit], [['error WRONG_PORT_MODE certain'], 3])
    const early = await doctor(`ftpes://alice@127.0.0.1:${basePort}`)
    assert.deepEqual([early.verdicts, early.exit], [['error WRONG_PORT_MODE certain'], 3])
  })

  it('a certificate that nobody vouches for: no password is sent', async () => {
    await using server = await startPortolan({ flags: ['--tls-self-signed'] })
    const { port } = server.listener()
    const { verdicts, exit, texts, status } = await doctor(`ftpes://alice@127.0.0.1:${port}`)
    assert.deepEqual([verdicts, exit], [['error CERT_SELF_SIGNED certain'], 3])
    assert.match(texts[0] ?? '', /the password was not sent.*SHA-256 fingerprint is [0-9A-F:]{95}/)
    assert.equal(status('login'), 'skip')
    const accepted = await doctor('--insecure', `ftpes://alice@127.0.0.1:${port}`)
    assert.equal(accepted.verdicts[0], 'note ALL_GOOD certain')
    assert.match(accepted.settings?.portolan ?? '', /--pin [0-9A-F:]{95}/)
  })

  it('a name without an address', async () => {
    const { verdicts, exit } = await doctor('ftp://nobody.invalid')
    assert.deepEqual([verdicts, exit], [['error NAME_UNKNOWN certain'], 3])
  })

  it('writes nothing unless it is asked to, and then removes what it wrote', async () => {
    await using server = await startPortolan()
    await mkdir(join(server.folder, 'in'))
    const url = `ftp://alice@127.0.0.1:${server.listener().port}/`
    const plain = await doctor(url)
    assert.equal(plain.status('write'), 'skip')
    const { status, evidence, verdicts } = await doctor('--write-test', 'in', url)
    assert.deepEqual([verdicts[0], status('write')], ['note ALL_GOOD certain', 'pass'])
    const { same, removed, bytes } = evidence('write')
    assert.deepEqual([same, removed, bytes], ['same', true, 1024 * 1024])
    assert.deepEqual(await readdir(join(server.folder, 'in')), [])
  })

  it('sends NOOP while a file is on its way, and leaves the control connection in silence', async () => {
    await using server = await startPortolan()
    await writeFile(join(server.folder, 'large.bin'), Buffer.alloc(32 * 1024 * 1024))
    const { status, evidence, verdicts } = await doctor(
      '--idle',
      '1',
      `ftp://alice@127.0.0.1:${server.listener().port}/`,
    )
    assert.equal(verdicts[0], 'note ALL_GOOD certain')
    assert.deepEqual([status('noop'), evidence('noop').reply], ['pass', 'during'])
    assert.deepEqual(evidence('idle').probes, [{ seconds: 1, keep: 'none', outcome: 'alive' }])
  })

  it('arguments that cannot be used end with 2, a line on standard error, and nothing else', async () => {
    const cases: readonly [readonly string[], RegExp][] = [
      [['doctor', 'http://127.0.0.1'], /use ftp:\/\/, ftps:\/\//],
      [
        ['doctor', '--step-timeout', 'soon', 'ftp://127.0.0.1'],
        /^--step-timeout is seconds from 0\.5 to 120/,
      ],
      [['doctor', '--idle', '0', 'ftp://127.0.0.1'], /^--idle is 8 numbers of seconds at most/],
      [['doctor', '--mode', 'both', 'ftp://127.0.0.1'], /^--mode is passive, active or auto/],
      [['doctor'], /missing required argument 'url'/],
    ]
    for (const [args, expected] of cases) {
      const { code, stdout, stderr } = await runPortolan(args)
      assert.deepEqual([code, stdout], [2, ''], args.join(' '))
      assert.match(stderr, expected)
    }
  })

  it('tells people each step as it ends, then what it means and how to set it', async () => {
    await using server = await startPortolan()
    const { port } = server.listener()
    const { stdout, stderr, code } = await runPortolan(
      ['doctor', '--no-netrc', '--step-timeout', '2', `ftp://alice@127.0.0.1:${port}/`],
      { env: { PORTOLAN_PASSWORD: 'open sesame' } },
    )
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^✓ This machine .*\n✓ Connect {11,}\d+ ms {2}127\.0\.0\.1:\d+ in \d+ ms\n/m)
    assert.match(stdout, /\nALL_GOOD\n {2}Everything that was examined works/)
    assert.match(stdout, new RegExp(`\\n {2}portolan get ftp://alice@127\\.0\\.0\\.1:${port}/FILE\\n`))
    assert.doesNotMatch(stdout, /open sesame/)
    const long = stdout.split('\n').filter(line => line.length > 100 && !line.startsWith('  '))
    assert.deepEqual(long, [], 'prose is broken at 100 columns')
  })
})
