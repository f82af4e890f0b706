import type { IndexedRule } from './identity-index.ts'
import { type Bits, setBit, wordsFor } from './rule-set.ts'
import { type CompiledWindow, compileWindow } from './time-window.ts'
import { unreadable } from './unreadable.ts'
import { type ZoneClock, zoneClock } from './zone-clock.ts'

/** Which rules hold at a moment, as one set. It is made anew only when a window begins or ends. */
export class TimeIndex {
  readonly #always: Bits
  readonly #windows: readonly { readonly stateAt: CompiledWindow; readonly rules: readonly number[] }[]
  #known: { readonly from: number; readonly until: number; readonly rules: Bits } | undefined

  /** @throws {GatewayError} `GATEWAY_INVALID` for a time zone that does not exist */
  constructor(rules: readonly IndexedRule[], count: number, path: string) {
    this.#always = new Uint32Array(wordsFor(count))
    const clocks = new Map<string, ZoneClock>()
    const windows = new Map<string, { stateAt: CompiledWindow; rules: number[] }>()
    for (const { index, when } of rules) {
      if (when.times === undefined) setBit(this.#always, index)
      for (const [at, window] of (when.times ?? []).entries()) {
        const key = JSON.stringify([window.days, window.from, window.to, window.timeZone])
        const known = windows.get(key)
        if (known) known.rules.push(index)
        else {
          const { timeZone } = window
          const clock =
            clocks.get(timeZone) ?? clockOf(timeZone, `${path}[${index}].when.times[${at}].timeZone`)
          clocks.set(timeZone, clock)
          windows.set(key, { stateAt: compileWindow(window, clock), rules: [index] })
        }
      }
    }
    this.#windows = [...windows.values()]
  }

  /** The rules whose times hold, and until when that stays so: Infinity when it never changes. */
  at(now: number): { readonly rules: Bits; readonly until: number } {
    const known = this.#known
    if (known && known.from <= now && now < known.until) return known
    let until = Number.POSITIVE_INFINITY
    const holding = this.#always.slice()
    for (const { stateAt, rules } of this.#windows) {
      const state = stateAt(now)
      until = Math.min(until, state.until)
      if (state.holds) for (const index of rules) setBit(holding, index)
    }
    const made = { from: now, until, rules: holding }
    this.#known = made
    return made
  }
}

function clockOf(timeZone: string, path: string): ZoneClock {
  try {
    return zoneClock(timeZone)
  } catch {
    throw unreadable(path, timeZone, 'is no time zone')
  }
}
