import { hostname } from 'node:os'
import type { EnrolReply, EnrolRequest } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import { formatAddress } from '../transport/address.ts'
import { listenForParts, type PartListener } from '../transport/listen.ts'
import { authorityOf } from './authority-of.ts'
import { CurrentPolicy } from './current-policy.ts'
import { Directory } from './directory.ts'
import { Edges } from './edges.ts'
import { enrolMember, type IssuerParts } from './enrolment.ts'
import { followStore } from './follow-store.ts'
import { IdentityFeed } from './identity-feed.ts'
import { Orphans } from './orphans.ts'
import { keepOwnCertificate } from './own-certificate.ts'
import { Refusals } from './refusals.ts'
import { renewMember } from './renewal.ts'
import { SignIns } from './sign-in.ts'
import { StreamLog } from './stream-log.ts'
import type { Controller, ControllerOptions } from './types.ts'
import { decideFor } from './why.ts'

/** Streams that are answered as live at the most. */
const MAX_LIVE = 20_000

/**
 * Starts the controller of a node.
 * @throws {GatewayError} `GATEWAY_UNREACHABLE` when the address cannot be bound, `GATEWAY_IDENTITY` when the authority cannot be used
 * @throws {StoreError}
 */
export async function createController(options: ControllerOptions): Promise<Controller> {
  const { store, node, people, settings, now = Date.now } = options
  const onEvent = guarded(options.onEvent)
  const warn = (code: string) => (text: string) => onEvent({ type: 'warning', code, text })
  await using stack = new AsyncDisposableStack()

  const authority = await authorityOf(store, now)
  const directory = new Directory(store, now)
  await directory.refresh()
  const policy = new CurrentPolicy(store, settings, now)
  const log = stack.use(new StreamLog({ store, warn: warn('STORE_UNAVAILABLE') }))
  const identities = stack.use(new IdentityFeed(people, warn('GATEWAY_UNREACHABLE')))
  const orphans: Orphans = stack.use(
    new Orphans({
      store,
      log,
      node,
      graceMs: () => settings().grace,
      isConnected: id => edges.has(id),
      now,
      warn: warn('STORE_UNAVAILABLE'),
    }),
  )

  const issuer: IssuerParts = {
    store,
    authority,
    directory,
    settings,
    onEvent,
    now,
    // An edge goes on with the addresses of its invitation when nobody has set others.
    addressesFor: kind => (kind === 'edge' ? [...settings().publicAddresses] : edgeAddresses()),
  }
  const signIns = new SignIns({ ...issuer, people })
  const enrol = async (request: EnrolRequest, from: string): Promise<EnrolReply> => {
    const reply = await (request.type === 'enrol'
      ? enrolMember(issuer, request, from)
      : signIns.signIn(request, from))
    // Edges are told before it is answered: whoever is new is let in at once.
    if (reply.type === 'enrolled') edges.sayState('members')
    return reply
  }
  const edges: Edges = stack.use(
    new Edges({
      store,
      node,
      directory,
      policy,
      identities,
      log,
      orphans,
      settings,
      now,
      onEvent,
      relay: (_edge, { request, from }) => enrol(request, from),
      async renew(edge, { id, serial, csr }) {
        const reply = await renewMember(issuer, { id, serial, csr, from: edge.from })
        if (reply.type === 'enrolled') edges.sayState('members')
        const row = directory.get(edge.id)
        if (reply.type === 'enrolled' && id === edge.id && row) {
          edge.serial = row.serial
          edge.expiresAt = row.expiresAt
        }
        return reply
      },
    }),
  )
  const edgeAddresses = () => directory.edgeAddresses(id => edges.has(id))

  const changes = stack.use(
    followStore({
      changes: store.changes,
      directory,
      policy,
      edges,
      identities,
      warn: (code, text) => onEvent({ type: 'warning', code, text }),
    }),
  )
  await changes.readConfig()

  const refusals = new Refusals((code, text) => onEvent({ type: 'warning', code, text }), now)
  const own = stack.use(
    await keepOwnCertificate(
      authority,
      node.replace(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 64) || 'node',
      () => settings().certificateLifetime,
      now,
      identity => listener.replace(identity),
    ),
  )
  const listen = (host: string, port: number) =>
    listenForParts({
      host,
      port,
      identity: own.identity,
      protocols: ['enrol', 'control'],
      // Who is known may have been made known by another node just now: that is looked up, not answered at once.
      isValid: () => undefined,
      onPart: (_protocol, socket, peer, from) =>
        void edges.admit(socket, peer, from, text => refusals.add(from, { code: 'POL_REVOKED', text })),
      onEnrol: enrol,
      onRefused: (address, status) => refusals.add(address, status),
      now,
    })
  let bound = { host: settings().host, port: settings().port }
  let listener: PartListener = await listen(bound.host, bound.port)
  stack.defer(() => listener[Symbol.asyncDispose]())
  orphans.start()

  const live = stack.move()
  return {
    get address() {
      return { address: listener.address, port: listener.port }
    },
    authority: authority.fingerprint,
    async invitation(ask) {
      const addresses =
        ask.kind === 'edge' ? ownAddresses(settings().publicAddresses, listener) : edgeAddresses()
      if (addresses.length === 0)
        throw new GatewayError(
          'GATEWAY_MISSING',
          'No edge has enrolled yet, so there is nowhere to go: start an edge first.',
        )
      const { kind } = ask
      const secret = ask.kind === 'agent' ? {} : { key: ask.key, secret: ask.secret }
      return { kind: kind, addresses, authority: authority.fingerprint, ...secret }
    },
    async why(who, target, at = now()) {
      // What was changed a moment ago counts.
      await changes.done()
      if (!policy.policy)
        throw new GatewayError(
          'GATEWAY_INVALID',
          'The configuration of the store cannot be used; the log says why.',
        )
      return decideFor(policy.policy, people, who, target, at)
    },
    live: () => [...edges].map(edge => edge.live()),
    streams: () =>
      [...edges].flatMap(edge => [...edge.streams.values()].slice(0, MAX_LIVE)).slice(0, MAX_LIVE),
    kick(ask) {
      const told = [...edges].filter(edge => ask.user !== undefined || hasStream(edge.streams.values(), ask))
      for (const edge of told) edge.say({ type: 'kick', ...ask })
      return told.length
    },
    async apply() {
      const { host, port } = settings()
      if (host !== bound.host || port !== bound.port) {
        const before = listener
        listener = await listen(host, port)
        bound = { host, port }
        before.stop()
      }
      await changes.settingsChanged()
    },
    [Symbol.asyncDispose]: () => live.disposeAsync(),
  }
}

function hasStream(
  streams: Iterable<{ ConnectionID: string; SessionID: string }>,
  { connection, session }: { connection?: string; session?: string },
): boolean {
  for (const stream of streams)
    if (stream.ConnectionID === connection || stream.SessionID === session) return true
  return false
}

/** Where edges find a controller that nobody has given an address. */
function ownAddresses(given: readonly string[], { address, port }: PartListener): readonly string[] {
  if (given.length > 0) return given
  const isAny = address === '0.0.0.0' || address === '::'
  return [formatAddress({ host: isAny ? hostname() : address, port })]
}

/** What the node does with an event is no reason for the controller to fail. */
const guarded =
  (tell: ControllerOptions['onEvent']): ControllerOptions['onEvent'] =>
  event => {
    try {
      tell(event)
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
