import type { AccessDecisionView, WhyBody } from '@portolan/console/contract'
import type { PolicyKind } from './rule-form.ts'

/** Who is tried with what, as it was typed. */
export interface TryForm {
  readonly user: string
  readonly host: string
  readonly port: number | string
  readonly clientAddress: string
  readonly deviceLabels: readonly string[]
  /** As `datetime-local` has it, in the time of the browser; empty: now. */
  readonly at: string
}

export const USUAL_TRY: TryForm = {
  user: '',
  host: '',
  port: 21,
  clientAddress: '',
  deviceLabels: [],
  at: '',
}

/** What is sent. */
export function bodyOfTry(form: TryForm): WhyBody {
  const at = form.at === '' ? Number.NaN : new Date(form.at).getTime()
  const clientAddress = form.clientAddress.trim()
  return {
    user: form.user.trim(),
    host: form.host.trim(),
    port: Number(form.port),
    ...(clientAddress !== '' && { clientAddress }),
    ...(form.deviceLabels.length > 0 && { deviceLabels: [...form.deviceLabels] }),
    ...(Number.isFinite(at) && { at }),
  }
}

/** The place of the rule of a policy that decided, from 0; `last`: none fitted; undefined: another one decided. */
export function decidedAt(
  decision: Pick<AccessDecisionView, 'rule' | 'status'> | undefined,
  kind: PolicyKind,
): number | 'last' | undefined {
  const { rule, status } = decision ?? {}
  if (rule?.policy === kind && rule.place !== undefined) return rule.place - 1
  return kind === 'access' && status?.code === 'POL_NO_RULE' ? 'last' : undefined
}
