import type { Segment } from '../model/index.ts'
import { readApplication } from '../policy/application.ts'
import type { Findings } from './findings.ts'
import { countPorts } from './port-ranges.ts'

/** The ports of control connections, and those that servers use in active mode: none of them is one of passive mode. */
const NEVER_PASSIVE: ReadonlySet<number> = new Set([20, 21, 989, 990])

const PROBE_TAKES =
  'each data port is pseudo-random and opened for one client, so a probe of a passive port would be taken for that client and consume the transfer'

/**
 * What FTP needs of a segment. Without inspection nothing reads what server and client agree on, so each data connection has to be an
 * application and a port of the segment by itself; that is how ZPA does it.
 */
export function checkFtp(segment: Segment, findings: Findings): void {
  if (segment.protocol !== 'ftp') {
    if (segment.inspection === 'ftp') findings.refuse(['inspection'], 'must be off: the protocol is not ftp')
    return
  }
  if (segment.inspection === 'ftp') checkInspected(segment, findings)
  else checkOpaque(segment, findings)
}

function checkOpaque({ applications, ports, healthReporting }: Segment, findings: Findings): void {
  for (const [index, application] of applications.entries()) {
    const read = readApplication(application)
    if (read === undefined || read.kind === 'network') continue
    findings.refuse(
      ['applications', index],
      'is a name, and FTP without inspection needs IP addresses: the 227 reply of the server names an address for the data connection, which is no application then. Write the address of the server, or set inspection to ftp',
    )
  }
  const passive = ports.filter(({ from, to }) => to - from > 3 || !isNeverPassive(from, to))
  if (passive.length === 0 || countPorts(ports) === 1) {
    findings.refuse(
      ['ports'],
      'must have all the ports that data connections may use, and not the control port alone: add the passive ports of the server, such as 50000-50100, or 1-65535 when they are not known, or set inspection to ftp',
    )
  }
  if (healthReporting !== 'none') {
    findings.refuse(['healthReporting'], `must be none for FTP without inspection: ${PROBE_TAKES}`)
  }
}

function isNeverPassive(from: number, to: number): boolean {
  for (let port = from; port <= to; port++) if (!NEVER_PASSIVE.has(port)) return false
  return true
}

function checkInspected({ ports, healthReporting }: Segment, findings: Findings): void {
  const index = ports.findIndex(({ from, to }) => from !== to)
  if (index < 0) return
  if (healthReporting !== 'none') {
    findings.refuse(
      ['healthReporting'],
      `must be none as long as ports has a range: ${PROBE_TAKES}. Leave the control port alone, or report no health`,
    )
    return
  }
  findings.warn(
    ['ports', index],
    'is open to everybody whom a rule allows; with inspection the control port is enough, and the ports that the server names are opened one by one. Keep the range only for control connections that are encrypted, which cannot be read',
  )
}
