import type { z } from 'zod'
import type { AccessDecisionView, whyBody } from '../../contract/index.ts'
import type { Services } from '../../node/services.ts'

/** *Try it*: what an edge would decide, and why. The same function, whether this node is a controller or not. */
export async function whyDecided(
  { store, access, now }: Pick<Services, 'store' | 'access' | 'now'>,
  { user, host, port, clientAddress, deviceLabels, at }: z.output<typeof whyBody>,
): Promise<AccessDecisionView> {
  const groups = (await access.people.identify(user))?.groups
  const who = { user, clientAddress, deviceLabels, ...(groups && { groups }) }
  const target = { host, port }
  const when = at ?? now()
  const decision = access.running
    ? await access.running.why(who, target, when)
    : await (await import('@portolan/gateway')).explain(
        store,
        access.settings(),
        access.people,
        who,
        target,
        when,
      )
  return { ...decision, because: [...decision.because], groups: [...(groups ?? [])] }
}
