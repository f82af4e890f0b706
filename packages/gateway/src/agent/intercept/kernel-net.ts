import { Socket } from 'node:net'
import { descriptorOf, loadLibrary } from '@portolan/channels'

/** Of linux/in.h, asm-generic/socket.h, netfilter_ipv4.h and netfilter_ipv6/ip6_tables.h. */
const AF = { 4: 2, 6: 10 } as const
const SOCK_STREAM_NONBLOCK_CLOEXEC = 0o2004001
const SOL_SOCKET = 1
const SO_MARK = 36
const SO_ORIGINAL_DST = 80
const LEVEL = { 4: 0, 6: 41 } as const
/** Of sockaddr_in and sockaddr_in6. */
const SIZE = { 4: 16, 6: 28 } as const

/** What the agent asks of Linux beyond what Node offers, by Node's FFI. */
export interface KernelNet {
  /** A socket that is not connected yet, whose packets carry the mark; undefined: the right to administer the network is missing. */
  marked(family: 4 | 6, mark: number): Socket | undefined
  /** Where a connection that was redirected wanted to go; undefined: it was not redirected. */
  originalTarget(socket: Socket): { readonly host: string; readonly port: number } | undefined
}

/** Undefined where this is not Linux or Node has no FFI. */
export function loadKernelNet(): KernelNet | undefined {
  return loadLibrary(ffi => {
    const { functions } = ffi.dlopen(null, {
      socket: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
      close: { arguments: ['i32'], return: 'i32' },
      setsockopt: { arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'], return: 'i32' },
      getsockopt: { arguments: ['i32', 'i32', 'i32', 'pointer', 'pointer'], return: 'i32' },
    })
    const number = Buffer.alloc(4)
    const numberAt = ffi.getRawPointer(number)
    const address = Buffer.alloc(SIZE[6])
    const addressAt = ffi.getRawPointer(address)
    return {
      marked(family, mark) {
        const descriptor = functions.socket(AF[family], SOCK_STREAM_NONBLOCK_CLOEXEC, 0)
        if (descriptor < 0) return undefined
        number.writeInt32LE(mark)
        if (functions.setsockopt(descriptor, SOL_SOCKET, SO_MARK, numberAt, 4) === 0) {
          return new Socket({ fd: descriptor, readable: true, writable: true, allowHalfOpen: true })
        }
        functions.close(descriptor)
        return undefined
      },
      originalTarget(socket) {
        const descriptor = descriptorOf(socket)
        if (descriptor === undefined) return undefined
        const family = socket.localFamily === 'IPv6' ? 6 : 4
        number.writeInt32LE(SIZE[family])
        const answer = functions.getsockopt(descriptor, LEVEL[family], SO_ORIGINAL_DST, addressAt, numberAt)
        if (answer !== 0) return undefined
        const host =
          family === 4
            ? address.subarray(4, 8).join('.')
            : Array.from({ length: 8 }, (_, at) => address.readUInt16BE(8 + 2 * at).toString(16)).join(':')
        return { host, port: address.readUInt16BE(2) }
      },
    }
  })
}
