import type { EdgeSaysToConnector } from '../control/messages.ts'
import type { AccessConfig } from '../policy/types.ts'

type Configure = Extract<EdgeSaysToConnector, { type: 'configure' }>

const MAX_PROBES = 10_000
const MAX_PORTS = 10

/** What connectors of a group probe: the servers of segments that are reached through it and report their health. */
export function probesOf(config: AccessConfig, connectorGroup: string): Configure['probes'] {
  const serverGroups = new Set(
    config.serverGroups
      .filter(({ connectorGroups }) => connectorGroups.includes(connectorGroup))
      .map(({ name }) => name),
  )
  const probes: Configure['probes'][number][] = []
  for (const { name, enabled, serverGroup, healthReporting, applications, ports } of config.segments) {
    if (!enabled || healthReporting === 'none' || !serverGroups.has(serverGroup)) continue
    const few = firstPorts(ports)
    for (const host of applications) {
      if (probes.length >= MAX_PROBES) return probes
      if (isOneHost(host)) probes.push({ segment: name, host, ports: few, mode: healthReporting })
    }
  }
  return probes
}

/** No network and no wildcard: those stand for servers that nobody knows. */
const isOneHost = (application: string) => !application.includes('*') && !application.includes('/')

function firstPorts(ranges: AccessConfig['segments'][number]['ports']): number[] {
  const ports = new Set<number>()
  for (const { from, to } of ranges) {
    for (let port = from; port <= to && ports.size < MAX_PORTS; port++) ports.add(port)
  }
  return [...ports]
}
