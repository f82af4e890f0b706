import { STATUS, type Status } from '../codes.ts'
import type { Segment } from '../model/index.ts'
import type { AccessDecision, Policy, Requester } from '../policy/types.ts'
import type { Expectation, Expectations } from './expectations.ts'

/** What is asked, by whom. */
export interface Ask {
  readonly who: Requester
  readonly device: string
  readonly host: string
  readonly port: number
  /** A control connection of that user to that server is read just now. */
  readonly isRead: boolean
  /** It was, until it was encrypted. Default false. */
  readonly isEncrypted?: boolean
}

/** A stream that may be opened. */
export type Allowed = Extract<Verdict, { allowed: true }>

/** A stream that may be opened, or why it may not. Of a refusal, segment and rule are what is known of them. */
export type Verdict =
  | {
      readonly allowed: true
      readonly segment: Segment
      readonly rule: string
      /** What the connector dials. */
      readonly host: string
      readonly port: number
      /** Set: the server has named it on that control connection. */
      readonly expectation?: Expectation
      /** The connector reads it as a control connection. */
      readonly inspect: boolean
    }
  | {
      readonly allowed: false
      readonly status: Status
      readonly segment: string
      readonly rule: string
      /** All that led to it. */
      readonly because: readonly string[]
    }

/**
 * Whether a user may reach an address and port: what the server has named to that user, once; else what the policy says. Nothing but
 * these two ways leads to a connector.
 */
export function authorise(policy: Policy, expectations: Expectations, ask: Ask, now: number): Verdict {
  const { who, device, host, port } = ask
  const expectation = expectations.take(who.user, device, host, port)
  // The control connection may have been allowed by what is not allowed any more.
  const target = expectation?.controlTarget ?? { host, port }
  const decision = policy.decide(who, target, now)
  if (expectation && decision.action === 'allow') {
    return {
      allowed: true,
      segment: expectation.segment,
      rule: expectation.rule,
      host: expectation.server,
      port,
      expectation,
      inspect: false,
    }
  }
  const segment = decision.segment === undefined ? undefined : policy.segment(decision.segment)
  const rule = ruleOf(decision)
  if (decision.action === 'allow' && segment) {
    return { allowed: true, segment, rule, host, port, inspect: segment.inspection === 'ftp' }
  }
  return {
    allowed: false,
    status: statusOf(decision, ask),
    segment: decision.segment ?? '',
    rule,
    because: decision.because,
  }
}

/** The rule as the log names it. */
function ruleOf({ rule, action }: AccessDecision): string {
  if (rule) return rule.policy === 'segment' ? `bypass of ${rule.name}` : rule.name
  return action === 'allow' ? '' : 'implicit deny'
}

/**
 * Where a control connection is read, a port that the segment does not have is one that the server has not named, or one that nobody
 * could read.
 */
function statusOf({ status, message }: AccessDecision, { isRead, isEncrypted }: Ask): Status {
  const denied = status ?? { code: 'POL_NO_RULE', text: STATUS.POL_NO_RULE }
  if (denied.code === 'POL_WRONG_PORT' && isRead) {
    const code = isEncrypted ? 'CON_FTP_ENCRYPTED' : 'POL_NOT_EXPECTED'
    return { code, text: STATUS[code] }
  }
  return message === undefined ? denied : { code: denied.code, text: message }
}
