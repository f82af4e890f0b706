import type { MemberView } from '@portolan/console/contract'
import type { Tone } from '../../../components/status.tsx'

const DAY_MS = 86_400_000
/** Certificates are renewed at two thirds of their life; one that ends so soon was not. */
const SOON_MS = 3 * DAY_MS

export const STATES: Readonly<Record<MemberView['state'], Tone>> = {
  connected: 'good',
  draining: 'warn',
  disconnected: 'bad',
  disabled: 'off',
  revoked: 'off',
  expired: 'bad',
}

/** What a member carries over all its connections. */
export interface Load {
  readonly streams: number
  readonly bytesPerSecond: number
  /** The share of one core, the highest that any connection tells; undefined when it is not connected. */
  readonly cpu: number | undefined
  readonly residentBytes: number | undefined
}

/** Streams and bytes are counted at each edge; processor and memory are of the one process that tells them to all edges. */
export function loadOf({ connections }: Pick<MemberView, 'connections'>): Load {
  const most = (values: readonly number[]) => (values.length === 0 ? undefined : Math.max(...values))
  return {
    streams: connections.reduce((sum, { streams }) => sum + streams, 0),
    bytesPerSecond: connections.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0),
    cpu: most(connections.map(({ cpu }) => cpu)),
    residentBytes: most(connections.map(({ residentBytes }) => residentBytes)),
  }
}

/** A share of a core as people read it. */
export const cpuText = (cpu: number): string =>
  `${(cpu * 100).toLocaleString('en', { maximumFractionDigits: cpu < 0.1 ? 1 : 0 })} %`

/** A round trip in milliseconds, with what is below one. */
export const roundTripText = (ms: number): string =>
  `${ms.toLocaleString('en', { maximumFractionDigits: ms < 10 ? 2 : 0 })} ms`

/** How the certificate of a member stands; undefined: as it should. */
export function certificateTone(
  { kind, certificate: { expiresAt } }: Pick<MemberView, 'kind' | 'certificate'>,
  now: number,
): Tone | undefined {
  if (expiresAt <= now) return 'bad'
  // A sign-in is short, and ends as it is meant to.
  return kind !== 'agent' && expiresAt - now < SOON_MS ? 'warn' : undefined
}

type Health = MemberView['connections'][number]['health'][number]

/** Reports of all connections, one for each server and port: that of the edge that was told last. */
export function healthOf({ connections }: Pick<MemberView, 'connections'>): readonly Health[] {
  const latest = new Map<string, Health>()
  for (const report of connections.flatMap(({ health }) => health)) {
    const key = `${report.segment} ${report.host} ${report.port}`
    const known = latest.get(key)
    if (!known || known.at < report.at) latest.set(key, report)
  }
  return [...latest.values()].sort(
    (a, b) =>
      Number(b.state === 'down') - Number(a.state === 'down') ||
      a.segment.localeCompare(b.segment) ||
      a.host.localeCompare(b.host) ||
      a.port - b.port,
  )
}
