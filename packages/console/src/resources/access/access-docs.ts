import {
  type AccessPolicy,
  accessPolicy,
  type ConnectorGroup,
  connectorGroup,
  type ForwardingPolicy,
  forwardingPolicy,
  type Publication,
  publication,
  type Segment,
  type SegmentGroup,
  type ServerGroup,
  segment,
  segmentGroup,
  serverGroup,
} from '@portolan/gateway/model'
import type { Document, Store } from '@portolan/store'
import type { z } from 'zod'

/** Something that is stored, with the row that it is stored in. */
export interface Stored<T> {
  readonly value: T
  readonly row: Document
}

/** A policy; the row is absent before it was saved for the first time. */
export interface StoredPolicy<T> {
  readonly value: T
  readonly row?: Document
}

/** All that decisions are made from, as it is stored. */
export interface AccessDocs {
  readonly segments: readonly Stored<Segment>[]
  readonly segmentGroups: readonly Stored<SegmentGroup>[]
  readonly serverGroups: readonly Stored<ServerGroup>[]
  readonly connectorGroups: readonly Stored<ConnectorGroup>[]
  readonly publications: readonly Stored<Publication>[]
  readonly forwarding: StoredPolicy<ForwardingPolicy>
  readonly access: StoredPolicy<AccessPolicy>
}

type Tables = Pick<Store, 'access'>

/** Reads all of it. What cannot be read is left out; asking for it by its name tells why. */
export async function readAccessDocs({ access }: Tables): Promise<AccessDocs> {
  const [segments, segmentGroups, serverGroups, connectorGroups, publications, forwarding, allowing] =
    await Promise.all([
      access.segments.all(),
      access.segmentGroups.all(),
      access.serverGroups.all(),
      access.connectorGroups.all(),
      access.publications.all(),
      access.policies.get('forwarding'),
      access.policies.get('access'),
    ])
  return {
    segments: segments.flatMap(row => readable(segment, row)),
    segmentGroups: segmentGroups.flatMap(row => readable(segmentGroup, row)),
    serverGroups: serverGroups.flatMap(row => readable(serverGroup, row)),
    connectorGroups: connectorGroups.flatMap(row => readable(connectorGroup, row)),
    publications: publications.flatMap(row => readable(publication, row)),
    forwarding: asPolicy(forwardingPolicy, forwarding),
    access: asPolicy(accessPolicy, allowing),
  }
}

const recent = new WeakMap<Tables, { docs: Promise<AccessDocs> | undefined }>()

/** The same, read once until somebody changes something: of other nodes that is known within two seconds. For what is shown. */
export function recentAccessDocs(store: Pick<Store, 'access' | 'changes'>): Promise<AccessDocs> {
  let held = recent.get(store)
  if (!held) {
    const made: { docs: Promise<AccessDocs> | undefined } = { docs: undefined }
    store.changes.subscribe(({ topic }) => {
      if (topic === 'access' || topic === 'all') made.docs = undefined
    })
    recent.set(store, made)
    held = made
  }
  if (held.docs) return held.docs
  const docs = readAccessDocs(store)
  held.docs = docs
  const mine = held
  docs.catch(() => {
    if (mine.docs === docs) mine.docs = undefined
  })
  return docs
}

function readable<S extends z.ZodType>(schema: S, row: Document): Stored<z.output<S>>[] {
  const parsed = schema.safeParse(row.document)
  return parsed.success ? [{ value: parsed.data, row }] : []
}

function asPolicy<S extends z.ZodType>(schema: S, row: Document | undefined): StoredPolicy<z.output<S>> {
  if (row === undefined) return { value: schema.parse({}) }
  const parsed = schema.safeParse(row.document)
  return { value: parsed.success ? parsed.data : schema.parse({}), row }
}
