import { readApplication } from '../../policy/application.ts'
import type { Network } from '../../policy/network.ts'
import type { Definition } from '../../policy/types.ts'

/** Addresses, both ends included. */
interface AddressRange {
  readonly first: bigint
  readonly last: bigint
}

/** TCP ports of some addresses that go to the agent. */
export interface Redirect {
  readonly addresses: readonly AddressRange[]
  readonly ports: readonly { readonly from: number; readonly to: number }[]
}

/** What a packet filter has to redirect, by family; no two redirects share an address. */
export interface RedirectPlan {
  readonly 4: readonly Redirect[]
  readonly 6: readonly Redirect[]
  /** Applications that are names: a packet filter knows addresses alone. */
  readonly names: readonly string[]
}

interface Placed extends AddressRange {
  readonly family: 4 | 6
  readonly prefix: number
  readonly definition: Definition
  readonly place: number
}

/**
 * Works out what a packet filter has to redirect so that it is exactly what a matcher of the same definitions forwards: a more
 * specific application that is bypassed leaves a hole.
 */
export function planRedirects(definitions: readonly Definition[]): RedirectPlan {
  const networks: Placed[] = []
  const names: string[] = []
  for (const [place, definition] of definitions.entries()) {
    for (const application of definition.applications) {
      const read = readApplication(application)
      if (read?.kind === 'network') networks.push({ ...rangeOf(read.network), definition, place })
      else if (definition.action === 'forward') names.push(application)
    }
  }
  return { 4: planFamily(networks, 4), 6: planFamily(networks, 6), names }
}

function rangeOf({ family, prefix, key }: Network): Pick<Placed, 'family' | 'prefix' | 'first' | 'last'> {
  const rest = BigInt((family === 4 ? 32 : 128) - prefix)
  const first = BigInt(key) << rest
  return { family, prefix, first, last: first + (1n << rest) - 1n }
}

function planFamily(networks: readonly Placed[], family: 4 | 6): Redirect[] {
  const byPorts = new Map<string, { ports: Redirect['ports']; addresses: AddressRange[] }>()
  for (const { range, covering } of cells(networks.filter(network => network.family === family))) {
    const ports = forwardedPorts(covering)
    if (ports.length === 0) continue
    const key = ports.map(({ from, to }) => `${from}-${to}`).join()
    const entry = byPorts.get(key)
    if (!entry) byPorts.set(key, { ports, addresses: [range] })
    else appendRange(entry.addresses, range)
  }
  return [...byPorts.values()]
}

/**
 * Cuts the addresses into ranges that the same networks cover. Of two networks one holds the other or they have nothing in common, so
 * a stack of those that are open is all there is to keep.
 */
function* cells(networks: Placed[]): Generator<{ range: AddressRange; covering: readonly Placed[] }> {
  const sorted = networks.toSorted(
    (a, b) => compare(a.first, b.first) || a.prefix - b.prefix || b.place - a.place,
  )
  const open: Placed[] = []
  let at = 0n
  const close = function* (before: bigint): ReturnType<typeof cells> {
    for (let top = open.at(-1); top && top.last < before; top = open.at(-1)) {
      if (at <= top.last) yield { range: { first: at, last: top.last }, covering: open }
      at = top.last + 1n
      open.pop()
    }
  }
  for (const network of sorted) {
    yield* close(network.first)
    if (open.length > 0 && at < network.first) {
      yield { range: { first: at, last: network.first - 1n }, covering: open }
    }
    at = network.first
    open.push(network)
  }
  yield* close(1n << 129n)
}

/** @param covering - the most specific last, of equals the first definition */
function forwardedPorts(covering: readonly Placed[]): { from: number; to: number }[] {
  const starts = new Set<number>()
  for (const { definition } of covering) {
    for (const { from, to } of definition.ports) starts.add(from).add(to + 1)
  }
  const sorted = [...starts].sort((a, b) => a - b)
  const ports: { from: number; to: number }[] = []
  for (const [index, from] of sorted.entries()) {
    const to = (sorted[index + 1] ?? from) - 1
    const decides = covering.findLast(({ definition }) => hasPort(definition, from))
    if (to < from || decides?.definition.action !== 'forward') continue
    const last = ports.at(-1)
    if (last?.to === from - 1) last.to = to
    else ports.push({ from, to })
  }
  return ports
}

function appendRange(ranges: AddressRange[], range: AddressRange): void {
  const last = ranges.at(-1)
  if (last?.last === range.first - 1n) ranges[ranges.length - 1] = { first: last.first, last: range.last }
  else ranges.push(range)
}

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0)

const hasPort = ({ ports }: Definition, port: number) =>
  ports.some(({ from, to }) => from <= port && port <= to)

/** Writes an address; IPv6 in full groups, which every program reads. */
export function formatAddress(family: 4 | 6, value: bigint): string {
  const [bits, parts, base] = family === 4 ? [8n, 4, 10] : [16n, 8, 16]
  return Array.from({ length: parts }, (_, index) =>
    ((value >> (bits * BigInt(parts - 1 - index))) & ((1n << bits) - 1n)).toString(base),
  ).join(family === 4 ? '.' : ':')
}
