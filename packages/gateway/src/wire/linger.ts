import type { Socket } from 'node:net'
import { descriptorOf, loadLibrary } from '@portolan/channels'

// asm-generic/socket.h; the same on every architecture that Node is built for.
const SOL_SOCKET = 1
const SO_LINGER = 13

/**
 * From now on the kernel sends RST when the socket is closed, also when it closes it because this process was killed: a plain FIN would
 * make a broken transfer look whole.
 * @returns false where the system's library cannot be called: only `resetAndDestroy` gives RST then
 */
export function lingerZero(socket: Socket): boolean {
  return setLinger(socket, true)
}

/** Takes {@link lingerZero} off: what waits in the kernel is delivered after the close. */
export function lingerOff(socket: Socket): boolean {
  return setLinger(socket, false)
}

/** Closes with RST, whatever state the socket is in. */
export function closeWithReset(socket: Socket): void {
  if (socket.destroyed) return
  // Node's own reset is refused by the system while a shutdown is under way, and then leaves the descriptor open.
  if (lingerZero(socket)) socket.destroy()
  else socket.resetAndDestroy()
}

function setLinger(socket: Socket, on: boolean): boolean {
  library ??= open() ?? 'none'
  if (library === 'none' || socket.destroyed) return false
  const fd = descriptorOf(socket)
  return fd !== undefined && library(fd, on)
}

type SetLinger = (fd: number, on: boolean) => boolean
let library: SetLinger | 'none' | undefined

function open(): SetLinger | undefined {
  return loadLibrary(ffi => {
    const { functions } = ffi.dlopen(null, {
      setsockopt: { arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'], return: 'i32' },
    })
    // struct linger { int l_onoff; int l_linger; }
    const [on, off] = [Buffer.alloc(8), Buffer.alloc(8)]
    on.writeInt32LE(1)
    const [onAt, offAt] = [ffi.getRawPointer(on), ffi.getRawPointer(off)]
    const kept = { on, off }
    return (fd, wanted) =>
      functions.setsockopt(fd, SOL_SOCKET, SO_LINGER, wanted ? onAt : offAt, kept.on.length) === 0
  })
}
