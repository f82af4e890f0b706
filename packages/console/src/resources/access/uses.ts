import type { UsableKind, Use } from '@portolan/gateway'
import type { Store } from '@portolan/store'
import type { AccessDocs } from './access-docs.ts'
import { valuesOf } from './checks.ts'
import { memberDocumentOf } from './member-document.ts'

/** Who names something, so that it cannot go: `the segment Reports`. */
export async function usersOf(
  kind: UsableKind,
  name: string,
  docs: AccessDocs,
  { access }: Pick<Store, 'access'>,
): Promise<string[]> {
  const { usesOf } = await import('@portolan/gateway')
  const isGroup = kind === 'connector-group'
  const uses = usesOf(kind, name, {
    segments: valuesOf(docs.segments),
    serverGroups: valuesOf(docs.serverGroups),
    publications: valuesOf(docs.publications),
    forwarding: docs.forwarding.value,
    access: docs.access.value,
    ...(isGroup && {
      keys: (await access.keys.all()).map(key => named(key.name, groupNamedIn(key.document))),
      connectors: (await connectorsOf({ access })).map(one =>
        named(one.name, memberDocumentOf(one).connectorGroup),
      ),
    }),
  })
  return uses.map(wordsOf)
}

/** Connectors that were not revoked. */
export async function connectorsOf({ access }: Pick<Store, 'access'>) {
  const found = []
  for (let offset = 0, more = true; more; offset += 500) {
    const { items } = await access.members.list({ offset, limit: 500, kind: 'connector' })
    found.push(...items.filter(({ revokedAt }) => revokedAt === undefined))
    more = items.length === 500
  }
  return found
}

const WORDS: Readonly<Record<Use['by'], string>> = {
  segment: 'the segment',
  'server-group': 'the server group',
  publication: 'the publication',
  'forwarding-rule': 'the client forwarding rule',
  'access-rule': 'the access rule',
  key: 'the provisioning key',
  connector: 'the connector',
}

const wordsOf = ({ by, name }: Use): string => `${WORDS[by]} ${name}`

const named = (name: string, connectorGroup: string | undefined) => ({
  name,
  ...(connectorGroup !== undefined && { connectorGroup }),
})

function groupNamedIn(document: unknown): string | undefined {
  const group =
    typeof document === 'object' && document !== null && 'connectorGroup' in document
      ? document.connectorGroup
      : undefined
  return typeof group === 'string' ? group : undefined
}
