import type { Status } from '../codes.ts'

/**
 * Where a stream stands, both directions in one value. `asking`: this side sent OPEN. `asked`: the other side did. `sent-end` and
 * `got-end`: one direction is complete. `ended`: both are, and bytes may still be on their way out of one of the sinks. `over`: those are
 * gone, too. `reset`: broken.
 */
export type StreamState =
  | { readonly at: 'asking' | 'asked' | 'open' | 'sent-end' | 'got-end' | 'ended' | 'over' }
  | { readonly at: 'reset'; readonly status: Status }

/** What may happen beside a reset, which is possible wherever something is left to be broken. */
export type StreamEvent = 'opened' | 'end-sent' | 'end-got' | 'settled'

const STATES = {
  asking: { at: 'asking' },
  asked: { at: 'asked' },
  open: { at: 'open' },
  sentEnd: { at: 'sent-end' },
  gotEnd: { at: 'got-end' },
  ended: { at: 'ended' },
  over: { at: 'over' },
} as const satisfies Record<string, StreamState>
export const { asking: ASKING, asked: ASKED } = STATES

const NEXT: Record<StreamState['at'], Partial<Record<StreamEvent, StreamState>>> = {
  asking: { opened: STATES.open },
  asked: { opened: STATES.open },
  open: { 'end-sent': STATES.sentEnd, 'end-got': STATES.gotEnd },
  'sent-end': { 'end-got': STATES.ended },
  'got-end': { 'end-sent': STATES.ended },
  ended: { settled: STATES.over },
  over: {},
  reset: {},
}

/** @returns undefined where the event is not possible */
export function next(state: StreamState, event: StreamEvent): StreamState | undefined {
  return NEXT[state.at][event]
}

export const mayReset = ({ at }: StreamState): boolean => at !== 'reset' && at !== 'over'
/** Whether this side may still send DATA. */
export const maySend = ({ at }: StreamState): boolean => at === 'open' || at === 'got-end'
/** Whether the other side may still send DATA. */
export const mayReceive = ({ at }: StreamState): boolean => at === 'open' || at === 'sent-end'
