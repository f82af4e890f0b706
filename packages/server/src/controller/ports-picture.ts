import type { Settings } from '@portolan/settings'
import type { PortInfo, PortsPicture } from '../inspect.ts'
import type { WorkerPorts } from '../link.ts'

/** The later ones say more about a port that two workers tell of. */
const STATES: readonly PortInfo['state'][] = ['free', 'failed', 'resting', 'reserved', 'in-use']

/** Both ranges, as all workers together see them. */
export function portsPicture(
  { passive, active }: Pick<Settings, 'passive' | 'active'>,
  workers: readonly WorkerPorts[],
): PortsPicture {
  return {
    passive: passive.enabled
      ? {
          basePort: passive.basePort,
          numberOfPorts: passive.numberOfPorts,
          ports: merge(workers.flatMap(one => one.passive)),
        }
      : undefined,
    active: active.enabled
      ? {
          ...(active.basePort !== undefined && {
            basePort: active.basePort,
            numberOfPorts: active.numberOfPorts,
          }),
          ports: merge(workers.flatMap(one => one.active)),
        }
      : undefined,
    waiting: workers.reduce((sum, one) => sum + one.waiting, 0),
  }
}

/** One entry for each port, the lowest first: while ports move from worker to worker, and in active mode, two tell of one. */
function merge(ports: readonly PortInfo[]): PortInfo[] {
  const merged = new Map<number, PortInfo>()
  for (const one of ports) {
    const other = merged.get(one.port)
    merged.set(one.port, other ? both(other, one) : one)
  }
  return [...merged.values()].toSorted((a, b) => a.port - b.port)
}

function both(one: PortInfo, other: PortInfo): PortInfo {
  const leading = STATES.indexOf(one.state) >= STATES.indexOf(other.state) ? one : other
  return {
    ...leading,
    waitingFor: [...new Set([...one.waitingFor, ...other.waitingFor])],
    sessions: [...new Set([...one.sessions, ...other.sessions])],
  }
}
