import { readFileSync } from 'node:fs'
import type { Because } from './decision.ts'
import { ChannelError } from './errors.ts'

/** The lowest port of a range: those below need privileges and belong to well-known services. */
export const LOWEST_PORT = 1024
const HIGHEST_PORT = 65_535

/** A run of TCP ports, given as base port and number of ports; its end is computed, so the two can never disagree. */
export class PortRange {
  /** The first port. */
  readonly base: number
  /** How many ports, 1 at least. */
  readonly count: number

  private constructor(base: number, count: number) {
    this.base = base
    this.count = count
  }

  /**
   * @param basePort - first port, 1024 to 65535
   * @param numberOfPorts - how many ports from there on; the last may be 65535
   * @throws {ChannelError} `CHANNEL_SETTING` that names the number and what is allowed
   */
  static of({ basePort, numberOfPorts }: { basePort: number; numberOfPorts: number }): PortRange {
    if (!Number.isInteger(basePort) || basePort < LOWEST_PORT || basePort > HIGHEST_PORT) {
      throw setting(
        `base port ${basePort} is not allowed: use a whole number from ${LOWEST_PORT} to ${HIGHEST_PORT}`,
      )
    }
    const most = HIGHEST_PORT - basePort + 1
    if (!Number.isInteger(numberOfPorts) || numberOfPorts < 1) {
      throw setting(`number of ports ${numberOfPorts} is not allowed: use a whole number from 1 to ${most}`)
    }
    if (numberOfPorts > most) {
      throw setting(
        `${numberOfPorts} ports from base port ${basePort} would end at ${basePort + numberOfPorts - 1}, above ${HIGHEST_PORT}: ` +
          `use at most ${most} ports, or a base port of at most ${Math.max(HIGHEST_PORT - numberOfPorts + 1, LOWEST_PORT)}`,
      )
    }
    return new PortRange(basePort, numberOfPorts)
  }

  /** The last port. */
  get end(): number {
    return this.base + this.count - 1
  }

  contains(port: number): boolean {
    return port >= this.base && port <= this.end
  }

  overlaps(other: PortRange | number): boolean {
    if (typeof other === 'number') return this.contains(other)
    return this.base <= other.end && other.base <= this.end
  }

  /** Every port, the lowest first. */
  *ports(): Generator<number, void, undefined> {
    for (let port = this.base; port <= this.end; port++) yield port
  }

  /**
   * One part of the range when `of` workers share it: parts do not overlap, together they are the range, and their
   * sizes differ by one at most.
   * @param index - which part, from 0
   * @throws {ChannelError} `CHANNEL_SETTING` when there are fewer ports than parts
   */
  slice(index: number, of: number): PortRange {
    if (!Number.isInteger(of) || of < 1 || !Number.isInteger(index) || index < 0 || index >= of) {
      throw new RangeError(`no part ${index} of ${of}`)
    }
    if (of > this.count) {
      throw setting(
        `${this.count} ports cannot be shared by ${of} workers: use at least ${of} ports, or fewer workers`,
      )
    }
    const from = Math.floor((index * this.count) / of)
    const to = Math.floor(((index + 1) * this.count) / of)
    return new PortRange(this.base + from, to - from)
  }

  /** `61000-62023`; `61000` for a single port. */
  toString(): string {
    return this.count === 1 ? `${this.base}` : `${this.base}-${this.end}`
  }
}

/**
 * The ports that the kernel hands out to outgoing connections (Linux: `net.ipv4.ip_local_port_range`).
 * @param read - reads the kernel's text; default: from /proc
 * @returns undefined where the system does not tell
 */
export function ephemeralRange(read: () => string = readProc('ip_local_port_range')): PortRange | undefined {
  const [low, high] = tryRead(read).trim().split(/\s+/).map(Number)
  if (low === undefined || high === undefined || !(high >= low) || high < LOWEST_PORT) return undefined
  const basePort = Math.max(low, LOWEST_PORT)
  return PortRange.of({ basePort, numberOfPorts: Math.min(high, HIGHEST_PORT) - basePort + 1 })
}

/**
 * The ports that the kernel leaves out of its ephemeral range (Linux: `net.ipv4.ip_local_reserved_ports`, such as `61000-62023,8080`).
 * @param read - reads the kernel's text; default: from /proc
 */
export function reservedPorts(
  read: () => string = readProc('ip_local_reserved_ports'),
): (port: number) => boolean {
  const runs = tryRead(read)
    .trim()
    .split(',')
    .filter(run => /^\d+(-\d+)?$/.test(run))
    .map(run => {
      const [low = 0, high = low] = run.split('-').map(Number)
      return { low, high }
    })
  return port => runs.some(({ low, high }) => port >= low && port <= high)
}

/** What {@link checkRanges} compares. */
export interface RangeSettings {
  readonly passive?: PortRange
  readonly active?: PortRange
  /** Control connection listeners. Port 0 (any free port) overlaps nothing. */
  readonly listeners: readonly { readonly name: string; readonly port: number }[]
  /** Default: what the kernel says. */
  readonly ephemeral?: PortRange | undefined
  /** Ports that are kept out of the ephemeral range. Default: what the kernel says. */
  readonly reserved?: (port: number) => boolean
}

/** Finds port ranges that take ports from each other, from a listener or from the kernel. Nothing is thrown: all mistakes are told at once. */
export function checkRanges(settings: RangeSettings): { errors: Because[]; warnings: Because[] } {
  const { passive, active, listeners } = settings
  const ephemeral = 'ephemeral' in settings ? settings.ephemeral : ephemeralRange()
  const reserved = settings.reserved ?? reservedPorts()
  const errors: Because[] = []
  const warnings: Because[] = []
  for (const [name, range] of [
    ['passive', passive],
    ['active', active],
  ] as const) {
    if (!range) continue
    for (const listener of listeners) {
      if (!range.overlaps(listener.port)) continue
      errors.push({
        code: 'range-overlaps-listener',
        text: `the ${name} ports ${range} contain port ${listener.port} of the listener ${listener.name}: move one of them`,
      })
    }
    if (ephemeral?.overlaps(range)) warnEphemeral(name, range, ephemeral, reserved, warnings)
  }
  if (passive && active?.overlaps(passive)) {
    errors.push({
      code: 'ranges-overlap',
      text: `the passive ports ${passive} and the active ports ${active} overlap: a port can do only one of both, so move one of them`,
    })
  }
  return { errors, warnings }
}

function warnEphemeral(
  name: 'passive' | 'active',
  range: PortRange,
  ephemeral: PortRange,
  reserved: (port: number) => boolean,
  warnings: Because[],
): void {
  const low = Math.max(range.base, ephemeral.base)
  const high = Math.min(range.end, ephemeral.end)
  let exposed = 0
  for (let port = low; port <= high; port++) if (!reserved(port)) exposed++
  if (exposed === 0) return
  const harm =
    name === 'passive'
      ? 'an outgoing connection can take one of them before the server listens there, and that port is then missing'
      : 'an outgoing connection can hold one of them when the server wants to dial from it'
  warnings.push({
    code: 'range-overlaps-ephemeral',
    text:
      `${exposed} of the ${name} ports ${range} lie in the kernel's ephemeral range ${ephemeral}: ${harm}. ` +
      `Move the range, or reserve it: sysctl -w net.ipv4.ip_local_reserved_ports=${range}`,
  })
}

function readProc(name: string): () => string {
  return () => readFileSync(`/proc/sys/net/ipv4/${name}`, 'latin1')
}

/** Not Linux, or a container that hides /proc: nothing is known, which is not a failure. */
function tryRead(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

function setting(text: string): ChannelError {
  return new ChannelError('CHANNEL_SETTING', text)
}
