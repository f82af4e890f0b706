import type { TLSSocket } from 'node:tls'
import type { ControllerSays, EdgeSays, EnrolReply, EnrolRequest, StreamReport } from '../control/messages.ts'
import { edgeSays } from '../control/messages.ts'
import type { Authority } from '../pki/authority.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { AccessConfig } from '../policy/types.ts'
import { listenForParts } from '../transport/listen.ts'
import { createLink } from '../wire/link.ts'
import { statusOf } from '../wire/status.ts'
import type { Link } from '../wire/types.ts'
import type { ValidMember } from './members.ts'
import { EDGE_CODES } from './testing-agent.ts'
import { testConfig } from './testing-config.ts'
import { Seen } from './testing-seen.ts'

const HOUR = 3_600_000

/** How it answers. Times in milliseconds. */
export interface StubSettings {
  readonly graceMs: number
  readonly idleMs: number
  /** Groups of users; others are not found. Default: `anna` without groups. */
  readonly people: Readonly<Record<string, readonly string[]>>
  /** Whether it answers who a user is. Default true. */
  readonly answersWho: boolean
}

export interface StubController extends AsyncDisposable {
  readonly address: string
  readonly heard: Seen<EdgeSays>
  /** Answers relayed enrolments; undefined: never. */
  onRelay: (request: EnrolRequest, from: string) => EnrolReply | undefined
  config(change: Partial<AccessConfig>): void
  list(
    member: Partial<ValidMember> & Pick<ValidMember, 'id' | 'kind' | 'name' | 'serial' | 'expiresAt'>,
  ): void
  /** Lists a member otherwise. */
  change(id: string, change: Partial<ValidMember>): void
  unlist(id: string): void
  say(message: ControllerSays): void
  /** Resolves when the edge has taken all that was said. */
  taken(): Promise<void>
  /** Whether the edge is to take no new streams. */
  drain(isDraining: boolean): void
  cut(): void
  /** It reads and says nothing any more. */
  freeze(): void
  /** Cuts the link, and lets nobody in until it is called with false. */
  away(isAway: boolean): void
  /** The newest row of each stream, and waiting for one. */
  rows(): StreamReport[]
  row(fits: (row: StreamReport) => boolean): Promise<StreamReport>
}

/** A controller that says what a test says. */
export async function startStubController(
  authority: Authority,
  first: Partial<AccessConfig>,
  { graceMs = 60_000, idleMs = HOUR, people = { anna: [] }, answersWho = true }: Partial<StubSettings>,
): Promise<StubController> {
  const { key, csr } = await newKeyAndCsr()
  const identity = { kind: 'controller', id: 'controller' } as const
  const { certificate } = await authority.issue({ csr, identity, lifetimeMs: HOUR, now: Date.now() })
  const heard = new Seen<EdgeSays>()
  const valid = new Map<string, ValidMember>()
  let config = testConfig(first)
  let link: Link | undefined
  let current: TLSSocket | undefined
  let isAway = false
  let draining = false
  const say = (message: ControllerSays) => link?.message(JSON.parse(JSON.stringify(message)))
  const sayMembers = () =>
    say({ type: 'members', edges: [], valid: [...valid.values()], draining, graceMs, idleMs })

  const on = (message: EdgeSays) => {
    heard.add(message)
    if (message.type === 'who' && answersWho) {
      const groups = people[message.user]
      say({ type: 'identity', user: message.user, found: groups !== undefined, groups: [...(groups ?? [])] })
    }
    if (message.type === 'relay') {
      const reply = controller.onRelay(message.request, message.from)
      if (reply) say({ type: 'relayed', id: message.id, reply })
    }
  }
  const listener = await listenForParts({
    host: '127.0.0.1',
    port: 0,
    identity: { key, certificate, authority: authority.certificate },
    protocols: ['control'],
    isValid: () => (isAway ? statusOf('EDG_CONTROLLER_LOST') : undefined),
    onPart(_protocol, socket) {
      current = socket
      link = createLink(socket, {
        side: 'acceptor',
        peer: EDGE_CODES,
        maxMessage: 32 * 1024 * 1024,
        handlers: {
          onOpen: incoming => incoming.refuse(statusOf('EDG_LOST')),
          onMessage: message => on(edgeSays.parse(message)),
        },
      })
      say({ type: 'config', config })
      sayMembers()
    },
    onEnrol: () => Promise.reject(new Error('nobody enrols here')),
    onRefused() {},
  })
  const rows = (all: readonly EdgeSays[]) => {
    const newest = new Map<string, StreamReport>()
    for (const message of all)
      if (message.type === 'streams') for (const row of message.streams) newest.set(row.ConnectionID, row)
    return [...newest.values()]
  }
  const controller: StubController = {
    address: `127.0.0.1:${listener.port}`,
    heard,
    onRelay: () => undefined,
    config(change) {
      config = { ...config, ...change, version: config.version + 1 }
      say({ type: 'config', config })
    },
    list(member) {
      valid.set(member.id, { draining: false, ...member })
      sayMembers()
    },
    change(id, change) {
      const member = valid.get(id)
      if (member) controller.list({ ...member, ...change })
    },
    unlist(id) {
      valid.delete(id)
      sayMembers()
    },
    say,
    taken: async () => link?.ping(AbortSignal.timeout(10_000)),
    drain(isDraining) {
      draining = isDraining
      sayMembers()
    },
    cut: () => link?.destroy(statusOf('EDG_CONTROLLER_LOST')),
    freeze() {
      current?.pause()
      current?.cork()
    },
    away(value) {
      isAway = value
      if (value) controller.cut()
    },
    rows: () => rows(heard.all),
    row: fits => heard.when(all => rows(all).find(fits), 'the row'),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  }
  return controller
}
