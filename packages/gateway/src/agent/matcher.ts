import { SegmentFinder } from '../policy/segment-finder.ts'
import type { Definition, Target } from '../policy/types.ts'

/** Definitions that were made ready for look-ups. */
export interface Matcher {
  readonly definitions: readonly Definition[]
  /** The definition that decides about a target, by the rule of the policy: the most specific application that has the port. */
  match(target: Target): { readonly definition: Definition; readonly application: string } | undefined
  /** The definition of the most specific application with that address or name, whatever the port. */
  nearest(host: string): Definition | undefined
}

/** @throws {GatewayError} `GATEWAY_INVALID` for an application that cannot be read */
export function createMatcher(definitions: readonly Definition[]): Matcher {
  const finder = new SegmentFinder(definitions)
  return {
    definitions,
    match(target) {
      const { owner } = finder.find(target)
      const definition = owner && definitions[owner.segment]
      return definition && { definition, application: owner.application }
    },
    nearest(host) {
      const { nearest } = finder.find({ host, port: 0 })
      return nearest && definitions[nearest.segment]
    },
  }
}
