import type { Target } from '../works/work.ts'
import { bigFile, cpuOfDownload, memoryOfDownload, smallFiles } from './transfers.ts'
import type { ClientWork } from './work.ts'

/** What the project wants to reach, as data. Ratios are to the best other client with as many connections. */
const TARGETS = {
  big: { kind: 'ratio', atLeast: 1 },
  small: { kind: 'ratio', atLeast: 1 },
  far: { kind: 'ratio', atLeast: 1.5 },
  cpu: { kind: 'times', atMost: 1.3, of: 'curl' },
} as const satisfies Record<string, Target>

/** The servers that clients are measured against. */
const SERVERS = [
  { name: 'vsftpd', label: 'vsftpd' },
  { name: 'portolan', label: 'Portolan' },
] as const

const DIRECTIONS = ['down', 'up'] as const

/** Every row of the clients' table, in its order. */
export const clientWorks: readonly ClientWork[] = [
  ...[false, true].flatMap(tls =>
    DIRECTIONS.flatMap(direction => SERVERS.map(server => bigFile(server, direction, tls, TARGETS.big))),
  ),
  ...SERVERS.map(server => cpuOfDownload(server, TARGETS.cpu)),
  ...SERVERS.map(server => memoryOfDownload(server)),
  ...(['near', 'far'] as const).flatMap(distance =>
    [1, 8].flatMap(connections =>
      DIRECTIONS.flatMap(direction =>
        SERVERS.map(server =>
          smallFiles(server, direction, {
            distance,
            connections,
            target: distance === 'far' ? TARGETS.far : TARGETS.small,
          }),
        ),
      ),
    ),
  ),
]
