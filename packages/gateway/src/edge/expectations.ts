import type { Segment } from '../model/index.ts'
import { readHost } from '../policy/host.ts'
import type { Target } from '../policy/types.ts'
import { MAX_EXPECTATION_SECONDS, MAX_EXPECTATIONS } from './bounds.ts'

/** A data connection that a server has named to one user, for one use. */
export interface Expectation {
  readonly user: string
  readonly device: string
  /** What the user may ask for: the address that the server named, and the server itself as the user asked for it. */
  readonly hosts: readonly string[]
  readonly port: number
  /**
   * What is dialled, whatever was named: the address to which the control connection went, so that no server sends users to others, and
   * a name leads nowhere else the second time.
   */
  readonly server: string
  /** The ConnectionID of the control stream, with which this dies; what it was asked for, and what allowed it. */
  readonly control: string
  readonly controlTarget: Target
  readonly segment: Segment
  readonly rule: string
  /** The connector that carries the control stream. */
  readonly connector: string
  readonly session: string
  /** Milliseconds since 1970. */
  readonly until: number
}

/** Ports that servers have named on control connections that are read. */
export interface Expectations {
  readonly size: number
  /** Notes one. The oldest of that control stream goes when there are 64. */
  add(expectation: Omit<Expectation, 'until'>, seconds: number): void
  /** Takes the one that fits, for this once; undefined when none does. */
  take(user: string, device: string, host: string, port: number): Expectation | undefined
  /** The control stream is over. */
  forget(control: string): void
  sweep(): void
}

export function createExpectations(now: () => number, maxPerControl = MAX_EXPECTATIONS): Expectations {
  /** By what may be asked for; the same expectation stands under each of its hosts. */
  const byTarget = new Map<string, Expectation[]>()
  const byControl = new Map<string, Expectation[]>()

  const keysOf = ({ user, device, hosts, port }: Expectation) =>
    hosts.map(host => keyOf(user, device, host, port))
  const drop = (map: Map<string, Expectation[]>, key: string, expectation: Expectation) => {
    const left = map.get(key)?.filter(other => other !== expectation) ?? []
    if (left.length > 0) map.set(key, left)
    else map.delete(key)
  }
  const remove = (expectation: Expectation) => {
    for (const key of keysOf(expectation)) drop(byTarget, key, expectation)
    drop(byControl, expectation.control, expectation)
  }
  return {
    get size() {
      let size = 0
      for (const list of byControl.values()) size += list.length
      return size
    },
    add(given, seconds) {
      const bounded = Math.min(Math.max(seconds, 0), MAX_EXPECTATION_SECONDS)
      const hosts = [...new Set(given.hosts.map(host => readHost(host).text))]
      const expectation = { ...given, hosts, until: now() + bounded * 1000 }
      const ofControl = byControl.get(given.control) ?? []
      const [oldest] = ofControl
      if (ofControl.length >= maxPerControl && oldest) remove(oldest)
      byControl.set(given.control, [...(byControl.get(given.control) ?? []), expectation])
      for (const key of keysOf(expectation)) byTarget.set(key, [...(byTarget.get(key) ?? []), expectation])
    },
    take(user, device, host, port) {
      const list = byTarget.get(keyOf(user, device, readHost(host).text, port)) ?? []
      const fits = list.find(({ until }) => until > now())
      if (fits) remove(fits)
      return fits
    },
    forget(control) {
      for (const expectation of byControl.get(control) ?? []) remove(expectation)
    },
    sweep() {
      for (const list of [...byControl.values()]) {
        for (const expectation of list) if (expectation.until <= now()) remove(expectation)
      }
    },
  }
}

const keyOf = (user: string, device: string, host: string, port: number) =>
  JSON.stringify([user, device, host, port])
