import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { runMain } from '../packages/cli/src/testing-run.ts'
import {
  type Caller,
  PASSWORD,
  startTestApp,
  type TestApp,
} from '../packages/console/src/http/testing-app.ts'
import { allRoutes } from '../packages/console/src/routes/index.ts'
import { type StubAgent, startStubAgent } from '../packages/gateway/src/edge/testing-agent.ts'
import {
  type AccessConfig,
  decodeInvitation,
  type StreamReport,
  startEdge,
  type Target,
} from '../packages/gateway/src/index.ts'
import { arbitraryConfig, arbitraryTarget } from '../packages/gateway/src/policy/testing-policies.ts'
import { enrol } from '../packages/gateway/src/transport/enrol.ts'
import { hashPassword } from '../packages/server/src/index.ts'
import { within } from './support/within.ts'

/** Configurations, and questions about each. */
const CONFIGS = 20
const ASKS = 10

/** Users of the random rules, with labels of their devices. */
const PEOPLE = [
  { user: 'alice', groups: ['finance'], labels: ['managed'] },
  { user: 'bob', groups: ['ops', 'partners'], labels: [] },
  { user: 'a.b', groups: [], labels: ['lab', 'managed'] },
] as const

const scope = new AsyncDisposableStack()
let app: TestApp
let api: Caller
const agents: { agent: StubAgent; person: (typeof PEOPLE)[number] }[] = []
/** What the edge has told of refused streams, in the order in which they were asked. */
const told: StreamReport[] = []

before(async () => {
  const password = await hashPassword(PASSWORD)
  app = scope.use(
    await startTestApp({
      routes: allRoutes,
      settings: {
        // Every agent of this test is in a network of the house, for segments whose bypass is on-net.
        gateway: { enabled: true, host: '127.0.0.1', port: 0, trustedNetworks: ['127.0.0.0/8'] },
        groups: [{ name: 'finance' }, { name: 'ops' }, { name: 'partners' }],
        users: PEOPLE.map(({ user, groups }) => ({
          name: user,
          password,
          home: process.cwd(),
          groups: [...groups],
        })),
      },
    }),
  )
  app.services.access.subscribe(event => {
    if (event.type !== 'streams') return
    told.push(...event.streams.filter(({ ConnectionStatus }) => ConnectionStatus === 'refused'))
  })
  api = await app.as('administrator')
  const made = await api.post('/access/keys', { name: 'edge', kind: 'edge' })
  assert.equal(made.status, 201, made.text)
  const invitation = /"invitation":"(ptl1\.[^"]+)"/.exec(made.text)?.[1] ?? ''
  const folder = join(app.folder, 'edge')
  await mkdir(folder)
  const { promise: connected, resolve } = Promise.withResolvers<void>()
  const edge = scope.use(
    await startEdge({
      folder,
      invitation,
      name: 'edge',
      host: '127.0.0.1',
      port: 0,
      addresses: [],
      version: '0.0.0',
      onEvent: event => {
        if (event.type === 'controller' && event.state === 'connected') resolve()
      },
    }),
  )
  await within(connected, 10_000, 'the edge to reach its controller')
  const address = `127.0.0.1:${edge.address.port}`
  const signal = AbortSignal.timeout(20_000)
  for (const person of PEOPLE) {
    const { user, labels } = person
    const identity = await enrol({
      invitation: { authority: decodeInvitation(invitation).authority },
      addresses: [address],
      request: {
        type: 'sign-in',
        user,
        password: PASSWORD,
        device: 'x',
        labels: [...labels],
        version: '0.0.0',
      },
      signal,
    })
    agents.push({ agent: scope.use(await startStubAgent(identity, address)), person })
  }
})
after(() => scope.disposeAsync())

/** Agents of this test come from loopback. */
function atHome(config: AccessConfig): AccessConfig {
  const text = JSON.stringify(config)
  return JSON.parse(text.replaceAll('192.0.2.0/24', '127.0.0.0/24').replaceAll('192.0.2.7', '127.0.0.1'))
}

const BY = { by: 'test' }
const MARKER = 'marker'

/** Puts a configuration in force: it is past what can be saved by the API, since its segments overlap. */
async function save(config: AccessConfig, number: number): Promise<void> {
  const { access } = app.services.store
  const { segments, segmentGroups, serverGroups, connectorGroups, policies } = access
  for (const table of [segments, segmentGroups, serverGroups, connectorGroups, policies]) {
    for (const { name } of await table.all()) await table.remove(name)
  }
  const write = async (table: typeof segments, things: readonly { readonly name: string }[]) => {
    for (const thing of things) await table.create(thing.name, JSON.parse(JSON.stringify(thing)), BY)
  }
  await write(segmentGroups, config.segmentGroups)
  await write(serverGroups, config.serverGroups)
  await write(connectorGroups, config.connectorGroups)
  await write(segments, config.segments)
  await policies.create('forwarding', JSON.parse(JSON.stringify(config.forwarding)), BY)
  await policies.create('access', JSON.parse(JSON.stringify(config.access)), BY)
  // The last thing: an edge that knows it knows all of the others.
  const marker = {
    name: MARKER,
    applications: [`${number}.marker.test`],
    ports: [{ from: 21, to: 21 }],
    protocol: 'other',
    segmentGroup: 'none',
    serverGroup: 'none',
  }
  await segments.create(MARKER, marker, BY)
}

async function reachesEdge({ agent }: (typeof agents)[number], number: number): Promise<void> {
  for (let tried = 0; tried < 500; tried++) {
    if ((await agent.refused(`${number}.marker.test`, 21)) !== 'POL_NO_SEGMENT') return
    await sleep(20)
  }
  assert.fail('the edge has not heard of the configuration')
}

/** What one of the three answers. */
interface Answer {
  readonly code: string
  readonly rule: string
  readonly segment: string
}

interface Decision {
  readonly action: string
  readonly status?: { readonly code: string }
  readonly rule?: { readonly policy: string; readonly name: string }
  readonly segment?: string
}

/** A decision in the words of the log. No connector is there: what is allowed fails at that. */
function inWords({ action, status, rule, segment = '' }: Decision): Answer {
  const implicit = action === 'allow' ? '' : 'implicit deny'
  const named = rule?.policy === 'segment' ? `bypass of ${rule.name}` : (rule?.name ?? implicit)
  return { code: status?.code ?? 'EDG_NO_CONNECTOR', rule: named, segment }
}

const isDecision = (value: unknown): value is Decision =>
  typeof value === 'object' && value !== null && 'action' in value

async function ofApi(
  { person: { user, labels } }: (typeof agents)[number],
  target: Target,
  at: number,
): Promise<Answer> {
  const ask = { user, ...target, clientAddress: '127.0.0.1', deviceLabels: labels, at }
  const { status, body, text } = await api.post('/access/why', ask)
  assert.ok(status === 200 && isDecision(body), text)
  return inWords(body)
}

async function ofCommand(
  { person: { user, labels } }: (typeof agents)[number],
  { host, port }: Target,
  at: number,
): Promise<Answer> {
  const asked = ['access', 'why', user, host, String(port), '--json', '--from', '127.0.0.1']
  const more = ['--at', new Date(at).toISOString(), ...labels.flatMap(label => ['--label', label])]
  const { code, out, err } = await runMain(app.folder, [...asked, ...more, '--data', app.folder])
  const decision: unknown = JSON.parse(out || 'null')
  assert.ok(isDecision(decision), err)
  assert.equal(code, decision.action === 'allow' ? 0 : 1)
  return inWords(decision)
}

test('the edge, portolan access why and the console agree, over random policies', async () => {
  const configs = fc.sample(arbitraryConfig, CONFIGS).map(atHome)
  const asked: { what: string; edge: string; api: Answer; command: Answer }[] = []
  for (const [number, config] of configs.entries()) {
    await save(config, number)
    for (const one of agents) await reachesEdge(one, number)
    for (const [index, target] of fc.sample(arbitraryTarget, ASKS).entries()) {
      const one = agents[index % agents.length]
      assert.ok(one)
      const at = Date.now()
      const edge = await one.agent.refused(target.host, target.port)
      const what = `${one.person.user} to ${target.host} port ${target.port} at ${at} by ${JSON.stringify(config)}`
      asked.push({ what, edge, api: await ofApi(one, target, at), command: await ofCommand(one, target, at) })
    }
  }
  const isAsked = ({ Host }: StreamReport) => !Host.endsWith('.marker.test')
  for (let waited = 0; told.filter(isAsked).length < asked.length; waited += 50) {
    assert.ok(waited < 10_000, `${told.length} streams were told`)
    await sleep(50)
  }
  const rows = told.filter(isAsked)
  assert.equal(rows.length, asked.length)
  for (const [index, { what, edge, api: fromApi, command }] of asked.entries()) {
    const row = rows[index]
    assert.deepEqual(fromApi, command, what)
    assert.equal(edge, fromApi.code, what)
    const { InternalReason: code, Policy: rule, Application: segment } = row ?? {}
    assert.deepEqual({ code, rule, segment }, fromApi, what)
  }
  const codes = new Set(asked.map(({ edge }) => edge))
  assert.ok(codes.size >= 4, `the policies are too much alike: ${[...codes].join(', ')}`)
})
