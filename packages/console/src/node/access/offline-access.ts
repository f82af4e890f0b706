import { hostname } from 'node:os'
import type { AccessDecision, MemberKind } from '@portolan/gateway'
import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'
import { Problem } from '../../http/problem.ts'
import { randomSecret, sha256 } from '../../http/tokens.ts'
import { readAccessDocs } from '../../resources/access/access-docs.ts'
import { Checks } from '../../resources/access/checks.ts'
import { KEY } from '../../resources/access/keys-service.ts'
import { memberDocumentOf } from '../../resources/access/member-document.ts'
import { type Plan, type SetUp, setUpAccess } from '../../resources/access/set-up.ts'
import { invalid } from '../../resources/partners/store-words.ts'
import { asJson } from '../../resources/users/user-view.ts'
import { StoreAuthenticator } from '../store-authenticator.ts'
import { controllerSettings } from './controller-settings.ts'
import { identify } from './identify.ts'

/** Whose invitation is wanted. */
interface InvitationAsk {
  readonly kind: MemberKind
  /** Of connectors. */
  readonly connectorGroup?: string
  /** Of the key; default 1. */
  readonly maxUses?: number
  /** Milliseconds since 1970; absent: the key does not expire. */
  readonly expiresAt?: number
  /** Where to go, where that is not known yet: edges that are still to be started. `HOST:PORT`. */
  readonly addresses?: readonly string[]
}

/** Zero-trust access of a store, beside the node that runs on it. */
export interface OfflineAccess {
  /** What an edge would decide. @throws {GatewayError | StoreError} */
  why(ask: {
    readonly user: string
    readonly host: string
    readonly port: number
    readonly clientAddress: string
    readonly deviceLabels: readonly string[]
    readonly at: number
  }): Promise<AccessDecision & { readonly groups: readonly string[] }>
  /** Whether there is such a user who may use it. */
  isUser(user: string): Promise<boolean>
  /** Makes a segment and all that it needs. @throws {Problem} with every mistake; nothing was made then */
  setUp(plan: Plan, actor: string): Promise<SetUp>
  /** Makes an invitation, and for edges and connectors its key. @throws {Problem} */
  invite(
    ask: InvitationAsk,
    actor: string,
  ): Promise<{ readonly invitation: string; readonly key?: string; readonly expiresAt?: number }>
}

/** Opens it. @param inForce - the settings that a node on this store has in force */
export function openAccess(store: Store, inForce: () => Settings, now = Date.now): OfflineAccess {
  const authenticator = new StoreAuthenticator({ store, settings: inForce, warn: () => {} })
  const people = { identify: (user: string) => identify(authenticator, user, now()) }
  const checks = new Checks({ store, inForce, now })
  return {
    async why({ user, host, port, clientAddress, deviceLabels, at }) {
      const groups = (await people.identify(user))?.groups
      const who = { user, clientAddress, deviceLabels, ...(groups && { groups }) }
      const { explain } = await import('@portolan/gateway')
      const settings = controllerSettings(inForce().gateway)
      return { ...(await explain(store, settings, people, who, { host, port }, at)), groups: groups ?? [] }
    },
    isUser: async user => (await people.identify(user)) !== undefined,
    setUp: (plan, actor) => setUpAccess({ store, checks }, plan, actor),
    async invite(ask, actor) {
      const { authorityOf, encodeInvitation } = await import('@portolan/gateway')
      const { fingerprint: authority } = await authorityOf(store, now)
      const { kind } = ask
      const addresses = await addressesFor(ask, store, inForce().gateway, now())
      if (kind === 'agent') return { invitation: encodeInvitation({ kind, addresses, authority }) }
      const secret = randomSecret()
      const key = `${kind}-${randomSecret()
        .replaceAll(/[^A-Za-z0-9]/g, '')
        .slice(0, 8)}`
      const { connectorGroup, maxUses = 1, expiresAt } = ask
      const fields = {
        name: key,
        kind,
        maxUses,
        ...(connectorGroup !== undefined && { connectorGroup }),
        ...(expiresAt !== undefined && { expiresAt }),
      }
      const checked = await checks.key(fields, await readAccessDocs(store))
      if ('problems' in checked) throw invalid(KEY, key, checked.problems)
      await store.access.keys.create(
        key,
        { document: asJson(checked.value), hash: sha256(secret) },
        { by: actor },
      )
      const invitation = encodeInvitation({ kind, addresses, authority, key, secret })
      return { invitation, key, ...(expiresAt !== undefined && { expiresAt }) }
    },
  }
}

/** Edges go to the controller, everybody else to edges. */
async function addressesFor(
  { kind, addresses: given = [] }: InvitationAsk,
  { access }: Store,
  gateway: Settings['gateway'],
  now: number,
): Promise<readonly string[]> {
  if (kind === 'edge') {
    const { publicAddresses, host, port } = gateway
    if (publicAddresses.length > 0) return publicAddresses
    if (port === 0)
      throw new Problem(
        409,
        'GATEWAY_NO_ADDRESS',
        'gateway.port is 0, so nobody can say where edges find the controller: set gateway.port, or gateway.publicAddresses',
      )
    const isAny = host === '0.0.0.0' || host === '::'
    const name = isAny ? hostname() : host
    return [`${name.includes(':') ? `[${name}]` : name}:${port}`]
  }
  const edges = (await access.members.valid(now)).filter(member => member.kind === 'edge')
  const rank = (member: (typeof edges)[number]) => (memberDocumentOf(member).draining ? 1 : 0)
  const known = edges
    .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
    .flatMap(member => memberDocumentOf(member).addresses)
  const addresses = [...new Set([...given, ...known])].slice(0, 64)
  if (addresses.length > 0) return addresses
  throw new Problem(
    409,
    'GATEWAY_NO_EDGE',
    'No edge has enrolled yet, so there is nowhere to go: start an edge first, or say where it will be with --edge HOST:PORT',
  )
}
