import type { Store } from '@portolan/store'
import { compilePolicy } from '../policy/index.ts'
import type { AccessDecision, Policy, Requester, Target } from '../policy/types.ts'
import { readConfig } from './read-config.ts'
import type { ControllerSettings, People } from './types.ts'

/** Who asks, with the groups that the people have, unless others are given. */
export type WhyAsk = Omit<Requester, 'groups'> & { readonly groups?: readonly string[] }

/** What a policy says to that user. A user who is not there is denied before the policy is asked, as edges do. */
export async function decideFor(
  policy: Policy,
  people: Pick<People, 'identify'>,
  who: WhyAsk,
  target: Target,
  now: number,
): Promise<AccessDecision> {
  const groups = who.groups ?? (await people.identify(who.user))?.groups
  if (groups !== undefined) return policy.decide({ ...who, groups }, target, now)
  const text = `There is no user ${who.user}, or the user is disabled or has expired.`
  return { action: 'deny', status: { code: 'POL_USER_UNKNOWN', text }, because: [text] }
}

/**
 * What an edge would decide, for commands that have a store and no controller. The same function, the same configuration.
 * @param now - milliseconds since 1970
 * @throws {GatewayError} `GATEWAY_INVALID` when the store's configuration cannot be used
 * @throws {StoreError}
 */
export async function explain(
  store: Pick<Store, 'access'>,
  settings: Pick<ControllerSettings, 'trustedNetworks'>,
  people: Pick<People, 'identify'>,
  who: WhyAsk,
  target: Target,
  now: number,
): Promise<AccessDecision> {
  return decideFor(compilePolicy(await readConfig(store, settings)), people, who, target, now)
}
