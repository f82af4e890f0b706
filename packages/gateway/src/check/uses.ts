import type { Member, ProvisioningKey } from '../model/index.ts'
import type { AccessConfig } from '../policy/types.ts'

/** What others name. */
export type UsableKind = 'segment' | 'segment-group' | 'server-group' | 'connector-group' | 'edge'

/** Who names it. */
export interface Use {
  readonly by:
    | 'segment'
    | 'server-group'
    | 'publication'
    | 'forwarding-rule'
    | 'access-rule'
    | 'key'
    | 'connector'
  readonly name: string
  /** The place of a rule, from 1. */
  readonly place?: number
}

/** All that can name something. */
export interface UsesConfig
  extends Pick<AccessConfig, 'segments' | 'serverGroups' | 'publications' | 'forwarding' | 'access'> {
  readonly keys?: readonly Pick<ProvisioningKey, 'name' | 'connectorGroup'>[]
  /** Connectors that were not revoked. */
  readonly connectors?: readonly Pick<Member, 'name' | 'connectorGroup'>[]
}

/** Who uses it, so that it cannot be removed. Rules that are disabled count: they may be enabled again. */
export function usesOf(kind: UsableKind, name: string, config: UsesConfig): readonly Use[] {
  const named = <One extends { readonly name: string }>(
    by: Use['by'],
    all: readonly One[] | undefined,
    isUser: (one: One) => boolean,
  ): Use[] => (all ?? []).filter(isUser).map(one => ({ by, name: one.name }))
  switch (kind) {
    case 'segment':
      return rulesThatName('segments', name, config)
    case 'segment-group':
      return [
        ...named('segment', config.segments, ({ segmentGroup }) => segmentGroup === name),
        ...rulesThatName('segmentGroups', name, config),
      ]
    case 'server-group':
      return [
        ...named('segment', config.segments, ({ serverGroup }) => serverGroup === name),
        ...named('publication', config.publications, ({ serverGroup }) => serverGroup === name),
      ]
    case 'connector-group':
      return [
        ...named('server-group', config.serverGroups, ({ connectorGroups }) =>
          connectorGroups.includes(name),
        ),
        ...named('connector', config.connectors, ({ connectorGroup }) => connectorGroup === name),
        ...named('key', config.keys, ({ connectorGroup }) => connectorGroup === name),
      ]
    case 'edge':
      return named('publication', config.publications, ({ edges }) => edges?.includes(name) === true)
  }
}

function rulesThatName(
  key: 'segments' | 'segmentGroups',
  name: string,
  { forwarding, access }: UsesConfig,
): Use[] {
  const policies = [
    { by: 'forwarding-rule', rules: forwarding.rules },
    { by: 'access-rule', rules: access.rules },
  ] as const
  return policies.flatMap(({ by, rules }) =>
    [...rules.entries()].flatMap(([index, { name: rule, when }]) =>
      when[key]?.includes(name) ? [{ by, name: rule, place: index + 1 }] : [],
    ),
  )
}
