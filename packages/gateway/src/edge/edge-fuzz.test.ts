import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Segment } from '../model/index.ts'
import { readHost } from '../policy/host.ts'
import { judge } from '../policy/testing-oracle.ts'
import { arbitraryConfig, arbitraryRequester, arbitraryTarget } from '../policy/testing-policies.ts'
import type { AccessConfig, Requester, Target } from '../policy/types.ts'
import { StreamRefused } from '../wire/types.ts'
import type { AgentStream, StubAgent } from './testing-agent.ts'
import type { StubConnector } from './testing-connector.ts'
import { createWorld } from './testing-edge.ts'

/** What somebody tries. `pick` chooses among what is there. */
type Step =
  | { readonly do: 'open'; readonly target: Target; readonly pick: number }
  /** The connector says that a server names a port on a control connection. */
  | { readonly do: 'name'; readonly target: Target; readonly pick: number }
  /** Asks for what was named, once more or not, as its owner or as somebody else. */
  | { readonly do: 'follow'; readonly pick: number; readonly other: number; readonly asServer: boolean }
  | { readonly do: 'close'; readonly pick: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('open'), target: arbitraryTarget, pick: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('name'), target: arbitraryTarget, pick: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ do: fc.constant('follow'), pick: fc.nat(), other: fc.nat(3), asServer: fc.boolean() },
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close'), pick: fc.nat() }) },
)

/** Random policies, in which the control connections of some segments are read; most of them generous, so that there is something to try. */
const config = fc
  .record({
    made: arbitraryConfig,
    inspected: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    isGenerous: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  })
  .map(({ made, inspected, isGenerous }): AccessConfig => {
    const segments = made.segments.map((segment, index): Segment => {
      const read = inspected[index] ? ({ protocol: 'ftp', inspection: 'ftp' } as const) : {}
      return { ...segment, ...read, ...(isGenerous && { enabled: true, bypass: 'never' }) }
    })
    if (!isGenerous) return { ...made, segments }
    const first = { name: 'generous', enabled: true, when: {}, action: 'allow' } as const
    return {
      ...made,
      segments,
      segmentGroups: made.segmentGroups.map(group => ({ ...group, enabled: true })),
      access: { rules: [first, ...made.access.rules] },
    }
  })

interface Named {
  readonly user: string
  readonly hosts: readonly string[]
  readonly port: number
  readonly server: string
  readonly control: string
}
interface Control {
  readonly user: string
  readonly target: Target
  readonly opened: AgentStream
}

/** What the edge may do, as it should be; and what it did. */
class Run {
  /** What may be opened once, and all that ever was so. */
  readonly named: Named[] = []
  readonly ever: Named[] = []
  readonly controls: Control[] = []
  readonly #connector: StubConnector
  readonly #config: AccessConfig
  readonly #who: ReadonlyMap<string, Requester>
  readonly #agents: ReadonlyMap<string, StubAgent>

  constructor(
    connector: StubConnector,
    config: AccessConfig,
    who: ReadonlyMap<string, Requester>,
    agents: ReadonlyMap<string, StubAgent>,
  ) {
    this.#connector = connector
    this.#config = config
    this.#who = who
    this.#agents = agents
  }

  async open(user: string, target: Target): Promise<void> {
    const [who, agent] = [this.#who.get(user), this.#agents.get(user)]
    assert.ok(who && agent)
    const host = readHost(target.host).text
    const at = this.named.findIndex(
      one => one.user === user && one.port === target.port && one.hosts.includes(host),
    )
    const [expected] = at < 0 ? [] : this.named.splice(at, 1)
    const before = judge(this.#config, who, target, Date.now())
    const asked = this.#connector.asked.all.length
    const opened = await agent.open(target.host, target.port).catch((error: unknown) => {
      if (error instanceof StreamRefused) return error.status.code
      throw error
    })
    // The minute, and a time window with it, may have ended meanwhile.
    if (judge(this.#config, who, target, Date.now()).action !== before.action) return
    const dialled = this.#connector.asked.all.slice(asked).map(ask => [ask.host, ask.port, ask.inspect])
    const said = `${user} to ${target.host} port ${target.port}: ${JSON.stringify(opened)}`
    if (expected) {
      assert.deepEqual(dialled, [[expected.server, target.port, false]], said)
      assert.ok(typeof opened === 'object', said)
      return
    }
    if (before.action !== 'allow') {
      assert.deepEqual(dialled, [], said)
      const isRead = this.controls.some(
        control => control.user === user && readHost(control.target.host).text === host,
      )
      const code = before.code === 'POL_WRONG_PORT' && isRead ? 'POL_NOT_EXPECTED' : before.code
      assert.equal(opened, code, said)
      return
    }
    const inspect = this.#config.segments.find(({ name }) => name === before.segment)?.inspection === 'ftp'
    assert.deepEqual(dialled, [[host, target.port, inspect]], said)
    assert.ok(typeof opened === 'object', said)
    if (inspect) this.controls.push({ user, target: { ...target, host }, opened })
  }

  async name({ user, target, opened }: Control, named: Target): Promise<void> {
    const { connection } = opened.opened
    const notes = opened.heard.all.length
    this.#connector.note(connection, {
      ...{ type: 'expect', address: named.host, port: named.port, by: 'PASV', seconds: 100 },
    })
    await opened.heard.when(all => all.slice(notes).some(({ note }) => note) || undefined)
    const hosts = [readHost(named.host).text, target.host]
    const made = { user, hosts, port: named.port, server: target.host, control: connection }
    this.named.push(made)
    this.ever.push(made)
  }

  async close(control: Control): Promise<void> {
    this.controls.splice(this.controls.indexOf(control), 1)
    const { stream, opened } = control.opened
    stream.reset({ code: 'AGT_CLIENT_RESET', text: 'over' })
    // In the order of the link the edge has heard of it when it answers this.
    await this.#agents.get(control.user)?.link.ping(AbortSignal.timeout(5_000))
    const left = this.named.filter(one => one.control !== opened.connection)
    this.named.splice(0, this.named.length, ...left)
  }
}

test('over random policies and whatever is tried, connectors are asked for nothing but what a rule allows or a server has named', async () => {
  const users = [...new Set(fc.sample(arbitraryRequester, 200).map(({ user }) => user))].slice(0, 4)
  const people = Object.fromEntries(users.map(user => [user, []]))
  await using world = await createWorld({}, { people, bounds: { streamsPerAgent: 100_000 } })
  const connector = await world.connector('con-1', { connectorGroup: 'connectors' })
  const agents = new Map<string, StubAgent>()
  for (const [index, user] of users.entries()) agents.set(user, await world.agent(`agt-${index}`, { user }))
  const run = fc.record({
    config,
    who: fc.tuple(...users.map(() => arbitraryRequester)),
    steps: fc.array(step, { minLength: 10, maxLength: 40 }),
  })
  await fc.assert(
    fc.asyncProperty(run, async ({ config, who, steps }) => {
      const requesters = new Map(
        users.map((user, index): [string, Requester] => {
          const { groups = [], deviceLabels = [] } = who[index] ?? {}
          world.controller.change(`agt-${index}`, { labels: [...deviceLabels] })
          world.controller.say({ type: 'identity', user, found: true, groups: [...groups] })
          return [user, { user, groups, deviceLabels, clientAddress: '127.0.0.1' }]
        }),
      )
      world.controller.config(config)
      await world.controller.taken()
      const tried = new Run(connector, config, requesters, agents)
      for (const action of steps) {
        const user = users[('pick' in action ? action.pick : 0) % users.length] ?? ''
        const control = tried.controls[action.pick % Math.max(tried.controls.length, 1)]
        if (action.do === 'open') await tried.open(user, action.target)
        else if (action.do === 'name' && control) await tried.name(control, action.target)
        else if (action.do === 'close' && control) await tried.close(control)
        else if (action.do === 'follow') {
          const named = tried.ever[action.pick % Math.max(tried.ever.length, 1)]
          const somebody = action.other === 0 ? user : named?.user
          const host = named?.hosts[action.asServer ? 1 : 0]
          if (named && host && somebody !== undefined) await tried.open(somebody, { host, port: named.port })
        }
      }
      for (const control of [...tried.controls]) await tried.close(control)
      for (const user of users) world.controller.say({ type: 'kick', user })
      await world.controller.taken()
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 60) },
  )
  assert.ok(connector.asked.all.length > 0)
})
