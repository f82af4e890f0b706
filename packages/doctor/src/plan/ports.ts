import { type Decision, decide } from '@portolan/channels'
import type { PlanFacts } from './ask.ts'

/** How many passive ports it takes, and why. */
export interface PortNeed {
  /** With fewer, transfers fail or wait when everybody is busy. */
  readonly minimum: Decision<number>
  /** With these, nobody notices that there is a range. */
  readonly recommended: Decision<number>
}

/** Seconds for which a port that was given back unused rests for the same client (`PassivePorts`). */
const REST_SECONDS = 2
/** Seconds of TIME_WAIT on Linux: the end that closes first holds its port so long (RFC 9293 section 3.6.1). */
export const TIME_WAIT_SECONDS = 60

/** Ports that are promised to (port, client address): what counts is what one address waits for at one moment. */
export function sharedNeed(facts: Pick<PlanFacts, 'perClient' | 'sameAddress' | 'workers'>): PortNeed {
  const { perClient, sameAddress, workers } = facts
  const pending = perClient * sameAddress
  const whose =
    sameAddress === 1
      ? `a client address waits for ${count(pending, 'data connection')} at most`
      : `${sameAddress} clients behind one address wait for ${count(pending, 'data connection')} at most, as one`
  return {
    minimum: decide(
      Math.max(pending, workers),
      'shared-minimum',
      `${whose}, and ${workers === 1 ? 'the worker needs a port' : `each of the ${workers} workers needs a port of its own`}; other clients use the same ports at the same time`,
    ),
    recommended: decide(
      2 * pending * workers,
      'shared-recommended',
      `${workers === 1 ? '' : `all sessions of an address may meet on one of the ${workers} workers, so each has ${count(2 * pending, 'port')}: `}` +
        `${pending} for connections that are waited for, and as many that rest ${REST_SECONDS} seconds because the client did not come`,
    ),
  }
}

/** Ports that belong to one session each, and after it to TIME_WAIT. */
export function exclusiveNeed(facts: Pick<PlanFacts, 'clients' | 'perClient' | 'transferSeconds'>): PortNeed {
  const { clients, perClient, transferSeconds } = facts
  const transfers = clients * perClient
  const recommended = Math.ceil(transfers * (1 + TIME_WAIT_SECONDS / transferSeconds))
  return {
    minimum: decide(
      transfers,
      'exclusive-minimum',
      `${clients} clients times ${perClient} is ${count(transfers, 'transfer')} at once, each with a port of its own`,
    ),
    recommended: decide(
      recommended,
      'exclusive-recommended',
      `a port is held for a transfer of ${transferSeconds} seconds and ${TIME_WAIT_SECONDS} seconds of TIME_WAIT after it: ` +
        `${transfers} x (1 + ${TIME_WAIT_SECONDS}/${transferSeconds})`,
    ),
  }
}

/** `1 port`, `16 ports`. */
export function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`
}
