import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type RunningNode, startNode } from '@portolan/console'
import { decodeInvitation } from '@portolan/gateway'
import { loadSettings } from '@portolan/settings'
import { openStore, type Store } from '@portolan/store'
import { runMain } from './testing-run.ts'

const scope = new AsyncDisposableStack()
let cwd = ''
let store: Store
let node: RunningNode
let gatewayPort = 0

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'access-commands-'))
  scope.defer(() => rm(cwd, { recursive: true, force: true }))
  gatewayPort = await freePort()
  const folder = join(cwd, 'data')
  for (const name of ['data', 'alice', 'bob', 'gone']) await mkdir(join(cwd, name))
  await writeFile(
    join(folder, 'portolan.yaml'),
    JSON.stringify({
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'off' }],
      passive: { enabled: false },
      console: { enabled: false },
      gateway: { host: '127.0.0.1', port: gatewayPort },
      groups: [{ name: 'finance' }],
      users: [
        { name: 'alice', home: join(cwd, 'alice'), groups: ['finance'] },
        { name: 'bob', home: join(cwd, 'bob') },
        { name: 'gone', home: join(cwd, 'gone'), enabled: false },
      ],
    }),
  )
  node = scope.use(
    await startNode({
      place: { folder },
      load: stored => loadSettings({ file: join(folder, 'portolan.yaml'), ...stored }),
      version: '0.0.0',
      log: () => {},
      onEvent: () => {},
    }),
  )
  store = scope.use(await openStore({ folder, as: 'tool' }))
})
after(() => scope.disposeAsync())

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const server = createServer().listen(0, '127.0.0.1', () => {
    const bound = server.address()
    server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0))
  })
  return promise
}

/** The invitation in a command line. */
const invitationIn = (line: string) => decodeInvitation(/--key (\S+)/.exec(line)?.[1] ?? '')

const setup = (...more: string[]) =>
  runMain(cwd, [
    'access',
    'setup',
    '--server',
    '10.0.0.9',
    '--user',
    'alice',
    '--edge',
    'edge.example:8443',
    ...more,
  ])

test('setup does not open the gateway without being told to, and changes nothing then', async () => {
  const { code, err } = await setup()
  assert.equal(code, 2)
  assert.match(err, /gateway opens at 127\.0\.0\.1:\d+.*add --yes/s)
  assert.deepEqual(await store.access.segments.all(), [])
})

test('setup makes all that is needed, opens the gateway of the node that runs, and prints three commands', async () => {
  const { code, out, err } = await setup('--yes')
  assert.equal(code, 0, err)
  assert.match(
    err,
    /made: connector group default\n.*server group default\n.*segment group default\n.*segment ftp 10\.0\.0\.9\n.*access rule/,
  )
  const commands = out.split('\n').filter(line => !line.startsWith('#'))
  assert.deepEqual(
    commands.map(line => line.replace(/ptl1\.\S+/, 'KEY')),
    [
      'portolan edge --key KEY --address edge.example:8443',
      'portolan connector --key KEY',
      'portolan agent --key KEY --user alice',
    ],
  )
  const [edge, connector, agent] = commands.map(invitationIn)
  assert.deepEqual(edge?.addresses, [`127.0.0.1:${gatewayPort}`])
  assert.deepEqual(connector?.addresses, ['edge.example:8443'])
  assert.deepEqual(agent?.addresses, ['edge.example:8443'])
  assert.equal(agent?.secret, undefined)
  const [segment] = await store.access.segments.all()
  assert.match(JSON.stringify(segment?.document), /"inspection":"ftp"/)
  const [entry] = (await store.audit.list({ limit: 1, action: 'access.setup' })).items
  assert.equal(entry?.actor, 'portolan access setup')
  // It has seen the change of the settings within two seconds.
  for (let tried = 0; !(await answers(gatewayPort)); tried++)
    assert.ok(tried < 100, 'the gateway is not open')
  assert.equal(node.settings.gateway.enabled, true)
})

async function answers(port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: '127.0.0.1', port })
  socket.once('connect', () => resolve(true)).once('error', () => setTimeout(() => resolve(false), 50))
  const is = await promise
  socket.destroy()
  return is
}

test('setup for a second server uses the groups that are there, and names its passive ports', async () => {
  const second = [
    '--server',
    '10.0.0.10:2121',
    '--ports',
    '61000-61099',
    '--user',
    'alice',
    '--name',
    'old one',
  ]
  const { code, err } = await runMain(cwd, ['access', 'setup', ...second])
  assert.equal(code, 0, err)
  assert.doesNotMatch(err, /connector group|server group|segment group/)
  const document = JSON.stringify((await store.access.segments.get('old one'))?.document)
  assert.match(document, /"ports":\[{"from":2121,"to":2121},{"from":61000,"to":61099}\],.*"inspection":"off"/)
  const policy = JSON.stringify((await store.access.policies.get('access'))?.document)
  assert.match(policy, /"name":"ftp 10\.0\.0\.9".*"name":"old one"/)
})

test('why tells the action, the rule and every step, and its exit code is the answer', async () => {
  const allowed = await runMain(cwd, ['access', 'why', 'alice', '10.0.0.9', '21'])
  assert.equal(allowed.code, 0, allowed.err)
  assert.match(
    allowed.out,
    /^allow\n {2}rule {5}ftp 10\.0\.0\.9 \(rule 1 of the access policy\)\n {2}segment {2}ftp 10\.0\.0\.9/,
  )
  assert.match(allowed.out, /groups {3}finance\n {2}1\. /)
  const denied = await runMain(cwd, ['access', 'why', 'bob', '10.0.0.9', '21'])
  assert.equal(denied.code, 1)
  assert.match(denied.out, /^deny {2}POL_NO_RULE: /)
  const nobody = await runMain(cwd, ['access', 'why', 'gone', '10.0.0.9', '21'])
  assert.equal(nobody.code, 1)
  assert.match(nobody.out, /^deny {2}POL_USER_UNKNOWN: /)
})

test('why --json takes the address, labels and time that rules may go by', async () => {
  const policy = {
    rules: [
      {
        name: 'nights',
        action: 'deny',
        message: 'Come back at eight.',
        when: {
          clientNetworks: ['198.51.100.0/24'],
          deviceLabels: ['private'],
          times: [{ days: ['mon'], from: '20:00', to: '24:00', timeZone: 'UTC' }],
        },
      },
      { name: 'all', action: 'allow', when: { users: ['alice'] } },
    ],
  }
  await store.access.policies.replace('access', policy, { by: 'test' })
  const ask = ['access', 'why', 'alice', '10.0.0.9', '21', '--json']
  const night = [...ask, '--from', '198.51.100.7', '--label', 'private', '--at', '2027-01-04T22:30:00Z']
  const denied = await runMain(cwd, night)
  assert.equal(denied.code, 1)
  const said: unknown = JSON.parse(denied.out)
  assert.match(JSON.stringify(said), /"action":"deny".*"name":"nights".*Come back at eight/)
  for (const [flag, value] of [
    ['--from', '203.0.113.1'],
    ['--label', 'office'],
    ['--at', '2027-01-05T22:30:00Z'],
  ] as const) {
    const changed = night.map((word, index) => (night[index - 1] === flag ? value : word))
    assert.equal((await runMain(cwd, changed)).code, 0, flag)
  }
})

test('invite prints a command with a fresh key, which is used as often as it says', async () => {
  const edge = await runMain(cwd, ['access', 'invite', 'edge', '--uses', '3', '--expires', '7d', '--json'])
  assert.equal(edge.code, 0, edge.err)
  const key = /"key":"(edge-\w+)"/.exec(edge.out)?.[1] ?? ''
  assert.match(JSON.stringify((await store.access.keys.get(key))?.document), /"maxUses":3,"expiresAt":\d+/)
  const early = await runMain(cwd, ['access', 'invite', 'connector'])
  assert.equal(early.code, 2)
  assert.match(early.err, /No edge has enrolled yet.*--edge HOST:PORT/)
  const connector = await runMain(cwd, ['access', 'invite', 'connector', '--edge', 'e.example:8443'])
  assert.equal(connector.code, 0, connector.err)
  assert.equal(invitationIn(connector.out).kind, 'connector')
  assert.match(connector.err, /good for one use within 1d/)
  const keys = await store.access.keys.all()
  const unused = keys.filter(({ uses }) => uses === 0)
  assert.equal(unused.length, keys.length)
})

test('list tells segments, members and streams; revoke ends a member', async () => {
  const member = {
    id: 'm1',
    kind: 'agent',
    name: 'laptop',
    user: 'alice',
    serial: '0a',
    expiresAt: Date.now() + 60_000,
    enabled: true,
    document: {},
  } as const
  await store.access.members.create(member)
  await store.access.streams.save([
    {
      connection: 'c1',
      session: 'c1',
      edge: 'e',
      user: 'alice\u001b[31m',
      segment: 'old one',
      connector: 'c',
      server: '10.0.0.9:21',
      status: 'close',
      code: 'AGT_FINISHED',
      startedAt: 1_700_000_000_000,
      endedAt: 1_700_000_001_000,
      document: { ZENTotalBytesRxClient: 5, ZENTotalBytesTxClient: 2_000 },
    },
  ])
  const list = (...args: string[]) => runMain(cwd, ['access', 'list', ...args])
  assert.match(
    (await list('segments')).out,
    /^ftp 10\.0\.0\.9 {2}10\.0\.0\.9 port 21 {2}FTP is read\nold one/,
  )
  assert.match((await list('members', '--user', 'alice')).out, /^m1 {2}agent {6}laptop of alice {2}valid/)
  assert.match(
    (await list('streams')).out,
    /^2023-11-14 22:13:20 {2}c1 {2}alice\\x1b\[31m {2}10\.0\.0\.9:21 {2}old one {2}close {2}AGT_FINISHED {2}5 B sent/,
  )
  const revoked = await runMain(cwd, ['access', 'revoke', 'laptop'])
  assert.equal(revoked.code, 0, revoked.err)
  assert.ok((await store.access.members.get('m1'))?.revokedAt)
  assert.match((await list('members')).out, /revoked/)
  const again = await runMain(cwd, ['access', 'revoke', 'm1'])
  assert.deepEqual([again.code, again.err], [2, 'the agent laptop of alice was revoked already'])
})

for (const { args, says } of [
  { args: ['why', 'alice', '10.0.0.9', '0'], says: /port 0: a port is a number/ },
  { args: ['why', 'alice', '10.0.0.9', '21', '--from', 'x'], says: /--from x is no IP address/ },
  { args: ['why', 'alice', '10.0.0.9', '21', '--at', 'soon'], says: /--at soon is no time/ },
  { args: ['why', 'alice', '10.0.0.9', '21', '--data', 'elsewhere'], says: /no data folder/ },
  { args: ['setup', '--server', 'a b', '--user', 'alice'], says: /--server a b: this is no address/ },
  {
    args: ['setup', '--server', '10.0.0.8', '--ports', '9-8', '--user', 'alice'],
    says: /ends before it begins/,
  },
  { args: ['setup', '--server', '10.0.0.8', '--user', 'nobody'], says: /no user nobody/ },
  {
    args: ['setup', '--server', '10.0.0.8', '--user', 'gone'],
    says: /no user gone, or the account is disabled/,
  },
  { args: ['setup', '--server', '10.0.0.9', '--user', 'alice'], says: /segment ftp 10\.0\.0\.9 already/ },
  {
    args: ['setup', '--server', 'ftp.example', '--ports', '61000-61009', '--user', 'alice'],
    says: /applications/,
  },
  { args: ['invite', 'server'], says: /server is none of edge, connector, agent/ },
  { args: ['invite', 'connector', '--group', 'x'], says: /no connector group "x"; there are: default/ },
  { args: ['invite', 'agent', '--uses', '2'], says: /agents sign in/ },
  { args: ['invite', 'edge', '--expires', 'soon'], says: /--expires soon is no duration/ },
  { args: ['list', 'things'], says: /things cannot be listed: use one of segments, members, streams/ },
  { args: ['list', 'toString'], says: /toString cannot be listed/ },
  { args: ['revoke', 'nobody'], says: /no member "nobody"/ },
]) {
  test(`access ${args.join(' ')} is told what is wrong`, async () => {
    const { code, out, err } = await runMain(cwd, ['access', ...args])
    assert.deepEqual([code, out], [2, ''], err)
    assert.match(err, says)
  })
}
