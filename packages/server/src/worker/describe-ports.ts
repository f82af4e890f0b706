import type { PassivePorts } from '@portolan/channels'
import type { PortInfo } from '../inspect.ts'
import type { WorkerPorts } from '../link.ts'
import type { Session } from '../session/session.ts'

/** The ports of a worker with what its sessions do with them. Those that are free are left out. */
export function describePorts(ports: PassivePorts | undefined, sessions: Iterable<Session>): WorkerPorts {
  const used = { passive: new Map<number, string[]>(), active: new Map<number, string[]>() }
  for (const { id, dataLog } of sessions) {
    const { standing } = dataLog
    if (!standing) continue
    const users = used[standing.mode].get(standing.port)
    if (users) users.push(id)
    else used[standing.mode].set(standing.port, [id])
  }
  return {
    passive: passivePorts(ports, used.passive),
    active: Array.from(used.active, ([port, users]) => inUse(port, users)),
    waiting: ports?.figures().waiting ?? 0,
  }
}

/** Ports that are used and were given up by a reload stand at the end. */
function passivePorts(
  ports: PassivePorts | undefined,
  used: ReadonlyMap<number, readonly string[]>,
): PortInfo[] {
  const left = new Map(used)
  const told: PortInfo[] = []
  for (const state of ports?.snapshot() ?? []) {
    const sessions = left.get(state.port) ?? []
    left.delete(state.port)
    if (sessions.length > 0) told.push({ ...state, state: 'in-use', sessions })
    else if (state.state !== 'free') told.push({ ...state, state: state.state, sessions })
  }
  return [...told, ...Array.from(left, ([port, sessions]) => inUse(port, sessions))]
}

function inUse(port: number, sessions: readonly string[]): PortInfo {
  return { port, state: 'in-use', waitingFor: [], sessions }
}
