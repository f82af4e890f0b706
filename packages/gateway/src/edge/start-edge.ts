import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '../codes.ts'
import type { ControllerSays } from '../control/messages.ts'
import type { Edge, EdgeOptions } from '../parts.ts'
import { formatAddress } from '../transport/address.ts'
import { ensureIdentity } from '../transport/ensure-identity.ts'
import { keepRenewed } from '../transport/keep-renewed.ts'
import { listenForParts } from '../transport/listen.ts'
import { statusOf } from '../wire/status.ts'
import { createAdmission } from './admission.ts'
import { createAgentSide } from './agent-side.ts'
import { boundsOf } from './bounds.ts'
import { createConnectorSide } from './connector-side.ts'
import { createControlClient } from './control-client.ts'
import type { EdgeParts } from './edge-parts.ts'
import { createExpectations } from './expectations.ts'
import { createIdentities } from './identities.ts'
import { createLoad } from './load.ts'
import { createPinTable } from './pins.ts'
import { createPublications } from './publications.ts'
import { createRelays } from './relays.ts'
import { createReports } from './reports.ts'
import { createRounds } from './rounds.ts'
import { createState } from './state.ts'
import { createStreamBook } from './stream-book.ts'

/** How long an enrolment may take at the start, and the last words to the controller at the end. Milliseconds. */
const ENROL_MS = 60_000
const FAREWELL_MS = 2_000

/**
 * Starts an edge: it enrols when it has no identity yet, listens for agents, connectors and those who enrol, and dials its controllers
 * for as long as it lives. It carries nothing before a controller has told it the configuration and the members.
 * @throws {GatewayError} `GATEWAY_IDENTITY`, `GATEWAY_INVITATION`, `GATEWAY_ENROL_REFUSED`; `GATEWAY_UNREACHABLE` when it reaches no controller
 * to enrol with, or its address cannot be bound
 */
export async function startEdge(o: EdgeOptions): Promise<Edge> {
  const { onEvent, windows, now = Date.now } = o
  const enrolled = await ensureIdentity({
    folder: o.folder,
    kind: 'edge',
    ...(o.invitation !== undefined && { invitation: o.invitation }),
    name: o.name,
    addresses: o.addresses,
    version: o.version,
    signal: AbortSignal.timeout(ENROL_MS),
    now,
  })
  const { id } = enrolled
  let refusedLinks = 0
  let isStopping = false

  // Nobody comes in before all of the rest is made: that happens in the same turn in which this resolves.
  const onRefused = (address: string, status: Status) => {
    refusedLinks++
    onEvent({ type: 'refused-link', address, status })
  }
  const listener = await listenForParts({
    host: o.host,
    port: o.port,
    identity: enrolled,
    protocols: ['agent', 'connector', 'enrol'],
    // The admission looks at the rest: those who are not listed yet may wait.
    isValid: ({ kind }) => (isStopping && kind === 'agent' ? statusOf('EDG_DRAINING') : undefined),
    onPart: (_protocol, socket, peer, from) => admission.come({ socket, peer, from }),
    onEnrol: (request, from) => relays.enrol(request, from),
    onRefused,
    now,
  })

  const bound = { host: listener.address, port: listener.port }
  // Of an edge that binds all addresses the controller finds out which one it is.
  const addresses = o.addresses.length > 0 ? [...o.addresses] : [formatAddress(bound)]

  const state = createState({
    onReady() {
      onEvent({ type: 'controller', state: 'connected', text: 'The controller has told everything.' })
      identities.renew()
    },
    onChanged(what) {
      rounds.changed(what)
      admission.check()
    },
    onGraceOver() {
      onEvent({ type: 'controller', state: 'grace-over', text: statusOf('EDG_GRACE_OVER').text })
      book.cutWhere(() => true, statusOf('EDG_GRACE_OVER'))
    },
  })
  const control = createControlClient({
    identity: () => renewals.identity,
    now,
    onConnected() {
      state.connected()
      control.say({ type: 'hello', version: o.version, addresses })
      // All that is open or has ended, and then who is connected: the controller knows by it that the list is whole.
      reports.tellAll()
      rounds.tellConnected()
    },
    onMessage,
    onLost(text) {
      relays.lost()
      if (state.phase !== 'ready') return onEvent({ type: 'warning', code: 'CONTROLLER_UNREACHABLE', text })
      state.lost()
      onEvent({ type: 'controller', state: 'lost', text })
    },
    onFailed: text => onEvent({ type: 'warning', code: 'CONTROLLER_UNREACHABLE', text }),
  })
  const renewals = keepRenewed({
    folder: o.folder,
    identity: enrolled,
    now,
    send(csr) {
      if (control.isThere) control.say({ type: 'renew', csr })
      return control.isThere
    },
    onRenewed: identity => listener.replace(identity),
    onFailed: text => onEvent({ type: 'warning', code: 'RENEWAL_FAILED', text }),
  })
  const book = createStreamBook(now)
  const reports = createReports(control, () => rounds.streamsChanged())
  const relays = createRelays(control)
  const identities = createIdentities(user => control.say({ type: 'who', user }))
  const connectors = createConnectorSide({
    state,
    relays,
    onEvent,
    onChanged: () => rounds.connectedChanged(),
    windows,
    now,
  })
  const parts: EdgeParts = {
    state,
    book,
    pins: createPinTable(now),
    expectations: createExpectations(now),
    identities,
    reports,
    connectors,
    bounds: boundsOf(o.bounds),
    name: () => state.members.get(id)?.name ?? o.name,
    onEvent,
    now,
  }
  const agents = createAgentSide({
    parts,
    relays,
    onChanged: () => rounds.connectedChanged(),
    onRefused,
    windows,
  })
  const admission = createAdmission({
    members: state.members,
    // The kind of the certificate is that of the protocol.
    onAdmitted: ({ socket, peer, from }) =>
      (peer.kind === 'agent' ? agents : connectors).accept(socket, peer, from),
    onRefused,
  })
  const publications = createPublications({
    parts,
    onWarning(code, text) {
      onEvent({ type: 'warning', code, text })
      control.say({ type: 'warning', code, text })
    },
  })
  const rounds = createRounds({
    parts,
    agents,
    publications,
    control,
    load: createLoad(book),
    refusedLinks: () => refusedLinks,
  })

  function onMessage(message: ControllerSays): void {
    switch (message.type) {
      case 'config':
      case 'members':
        return state.said(message)
      case 'identity': {
        const { user, found, groups } = message
        identities.said(user, found ? { groups } : 'gone')
        if (found) return agents.define(user)
        agents.userGone(user)
        book.cutWhere(stream => stream.user === user, statusOf('POL_USER_UNKNOWN'))
        return
      }
      case 'relayed':
        return relays.answered(message.id, message.reply)
      case 'renewed':
        return renewals.answered(message.reply)
      case 'kick':
        book.kick(message)
        return
      case 'alive':
        return
    }
  }

  control.start()
  onEvent({ type: 'listening', address: listener.address, port: listener.port })

  const drain = async (signal: AbortSignal) => {
    isStopping = true
    state.draining = true
    agents.goAway(statusOf('EDG_DRAINING'))
    publications.apply()
    await book.empty(signal)
  }
  return {
    id,
    address: { address: listener.address, port: listener.port },
    figures: () => ({
      agents: agents.size,
      connectors: connectors.size,
      streams: book.size,
      refusedLinks,
    }),
    drain,
    async [Symbol.asyncDispose]() {
      const status: Status = { code: 'EDG_DRAINING', text: 'The edge was stopped.' }
      isStopping = true
      state.draining = true
      await publications[Symbol.asyncDispose]()
      book.cutWhere(() => true, status)
      await book.empty(AbortSignal.timeout(FAREWELL_MS))
      admission[Symbol.dispose]()
      const told = Promise.race([reports.flush(), sleep(FAREWELL_MS, undefined, { ref: false })])
      await Promise.all([agents.destroyAll(status), connectors.destroyAll(status)])
      await listener[Symbol.asyncDispose]()
      await told
      rounds[Symbol.dispose]()
      renewals[Symbol.dispose]()
      await control[Symbol.asyncDispose]()
      state[Symbol.dispose]()
    },
  }
}
