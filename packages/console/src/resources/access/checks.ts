import type {
  AccessPolicy,
  ConnectorGroup,
  ForwardingPolicy,
  ProvisioningKey,
  Publication,
  Segment,
  SegmentGroup,
  ServerGroup,
} from '@portolan/gateway/model'
import type { Services } from '../../node/services.ts'
import type { AccessDocs, Stored } from './access-docs.ts'
import type { Checked } from './things.ts'

/** Judges segments, groups, policies, publications and keys among all others. */
export class Checks {
  readonly #services: Pick<Services, 'store' | 'inForce' | 'now'>
  /** Of a page of segments each is judged against the same ones. */
  readonly #segmentChecks = new WeakMap<AccessDocs, (fields: object) => Checked<Segment>>()

  constructor(services: Pick<Services, 'store' | 'inForce' | 'now'>) {
    this.#services = services
  }

  async segment(fields: object, docs: AccessDocs): Promise<Checked<Segment>> {
    const known = this.#segmentChecks.get(docs)
    if (known) return known(fields)
    const check = (await gateway()).segmentCheck({
      segments: valuesOf(docs.segments),
      segmentGroups: valuesOf(docs.segmentGroups),
      serverGroups: valuesOf(docs.serverGroups),
    })
    this.#segmentChecks.set(docs, check)
    return check(fields)
  }

  async segmentGroup(fields: object, docs: AccessDocs): Promise<Checked<SegmentGroup>> {
    return (await gateway()).checkSegmentGroup(fields, { segments: valuesOf(docs.segments) })
  }

  async serverGroup(fields: object, docs: AccessDocs): Promise<Checked<ServerGroup>> {
    return (await gateway()).checkServerGroup(fields, { connectorGroups: valuesOf(docs.connectorGroups) })
  }

  async connectorGroup(fields: object, docs: AccessDocs): Promise<Checked<ConnectorGroup>> {
    return (await gateway()).checkConnectorGroup(fields, {
      serverGroups: valuesOf(docs.serverGroups),
      connectorGroups: valuesOf(docs.connectorGroups),
    })
  }

  async publication(fields: object, docs: AccessDocs): Promise<Checked<Publication>> {
    const { items } = await this.#services.store.access.members.list({ offset: 0, limit: 500, kind: 'edge' })
    return (await gateway()).checkPublication(fields, {
      publications: valuesOf(docs.publications),
      serverGroups: valuesOf(docs.serverGroups),
      edges: items.filter(({ revokedAt }) => revokedAt === undefined).map(({ name }) => name),
    })
  }

  async forwarding(policy: object, docs: AccessDocs): Promise<Checked<ForwardingPolicy>> {
    return (await gateway()).checkForwardingPolicy(policy, await this.#policyContext(docs))
  }

  async access(policy: object, docs: AccessDocs): Promise<Checked<AccessPolicy>> {
    return (await gateway()).checkAccessPolicy(policy, await this.#policyContext(docs))
  }

  /** @param now - an end before then is refused */
  async key(fields: object, docs: AccessDocs, now = this.#services.now()): Promise<Checked<ProvisioningKey>> {
    const connectorGroups = valuesOf(docs.connectorGroups)
    return (await gateway()).checkProvisioningKey(fields, { connectorGroups, now })
  }

  async #policyContext(docs: AccessDocs) {
    const { store, inForce } = this.#services
    const groups = [...(await store.groups.all()), ...inForce().groups].map(({ name }) => name)
    return {
      segments: valuesOf(docs.segments),
      segmentGroups: valuesOf(docs.segmentGroups),
      userGroups: [...new Set(groups)],
    }
  }
}

/** The gateway and all that it needs is loaded where there is something to judge. */
const gateway = () => import('@portolan/gateway')

export const valuesOf = <T>(stored: readonly Stored<T>[]): T[] => stored.map(({ value }) => value)
