import type { StreamReport } from '../control/messages.ts'
import type { Allowed } from './authorise.ts'
import type { Pin } from './pins.ts'

const CONTROL_PORTS: ReadonlySet<number> = new Set([21, 990])

/**
 * Control or data. Without inspection nothing says so but the port, and what is open already: the first connection to an FTP server is
 * the control connection, and so is another one to the same port. Another segment of the address is another server.
 */
export function roleOf(
  { segment, inspect, expectation, port }: Allowed,
  pin: Pin | undefined,
): StreamReport['Role'] {
  if (expectation) return 'data'
  if (inspect || (segment.protocol === 'ftp' && CONTROL_PORTS.has(port))) return 'control'
  if (segment.protocol !== 'ftp') return 'other'
  const controls = (pin?.controls ?? []).filter(control => control.segment === segment.name)
  return controls.length === 0 || controls.some(control => control.port === port) ? 'control' : 'data'
}
