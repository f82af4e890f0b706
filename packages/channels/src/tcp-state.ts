import { readFile } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import type { Endpoint } from '@portolan/protocol'

/** What the kernel knows of the sending half of a connection. */
export type SendState =
  /** The connection is not in the kernel's table: both ends are done with it. */
  | { readonly kind: 'gone' }
  /** The peer's TCP has acknowledged everything, our end of stream too if it was sent. */
  | { readonly kind: 'acknowledged' }
  /** So many bytes are not acknowledged yet. */
  | { readonly kind: 'outstanding'; readonly bytes: number }

/** Reads the kernel's table of TCP connections over IPv4 or IPv6. Default: /proc. */
export type ReadTcpTable = (family: 4 | 6) => Promise<Buffer>

/** Milliseconds for which one reading of the table serves everybody: a table of thousands of lines takes the kernel milliseconds. */
const FRESH_MS = 25

/**
 * How far the peer has acknowledged what was sent. Node has no call for it (SIOCOUTQ), but on Linux the table of
 * connections tells, and it is asked only when a client neither closes nor goes on.
 * @returns undefined where the system does not tell
 */
export async function sendState(
  local: Endpoint,
  remote: Endpoint,
  readTable: ReadTcpTable = readProc,
): Promise<SendState | undefined> {
  // A listener of `::` shows its IPv4 clients in the table of IPv6, as mapped addresses.
  const families = isIPv4(local.address) && isIPv4(remote.address) ? ([4, 6] as const) : ([6] as const)
  let known = false
  for (const family of families) {
    const table = await readTable(family).catch(() => undefined)
    if (!table) continue
    known = true
    const state = findState(table, `${hexEndpoint(local, family)} ${hexEndpoint(remote, family)} `)
    if (state) return state
  }
  return known ? { kind: 'gone' } : undefined
}

/** Of include/net/tcp_states.h: our end was acknowledged, or never sent because everything is over. */
const ACKNOWLEDGED = new Set(['05', '06', '07'])

//   sl  local_address rem_address   st tx_queue rx_queue ...
//   0: 0100007F:1F90 0100007F:D431 01 00000000:00000000 ...
function findState(table: Buffer, key: string): SendState | undefined {
  const at = table.indexOf(key, 0, 'latin1')
  if (at < 0) return undefined
  const rest = table.toString('latin1', at + key.length, at + key.length + 11)
  const bytes = Number.parseInt(rest.slice(3), 16)
  if (ACKNOWLEDGED.has(rest.slice(0, 2)) || bytes === 0) return { kind: 'acknowledged' }
  return { kind: 'outstanding', bytes }
}

/** As the kernel prints it: 32-bit words in the byte order of the machine, which is little-endian wherever Node runs. */
function hexEndpoint({ address, port }: Endpoint, family: 4 | 6): string {
  const bytes = addressBytes(family === 6 && isIPv4(address) ? `::ffff:${address}` : address)
  let text = ''
  for (let word = 0; word < bytes.length; word += 4) {
    text += bytes.readUInt32LE(word).toString(16).padStart(8, '0')
  }
  return `${text}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  // The URL parser spells every form of IPv6 out in groups.
  const plain = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1)
  const [front = '', back] = plain.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const head = groups(front)
  const tail = back === undefined ? [] : groups(back)
  const middle = new Array<string>(8 - head.length - tail.length).fill('0')
  const bytes = Buffer.alloc(16)
  for (const [i, group] of [...head, ...middle, ...tail].entries())
    bytes.writeUInt16BE(Number.parseInt(group, 16), i * 2)
  return bytes
}

const readings = new Map<4 | 6, { readonly at: number; readonly table: Promise<Buffer> }>()

function readProc(family: 4 | 6): Promise<Buffer> {
  const now = performance.now()
  const last = readings.get(family)
  if (last && now - last.at < FRESH_MS) return last.table
  const table = readFile(family === 4 ? '/proc/net/tcp' : '/proc/net/tcp6')
  readings.set(family, { at: now, table })
  // The table is large; it is not kept longer than it is good for.
  const forget = () => {
    if (readings.get(family)?.table === table) readings.delete(family)
  }
  setTimeout(forget, FRESH_MS).unref()
  return table
}
