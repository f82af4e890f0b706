import type { Socket } from 'node:net'

/** Node's way to call the system's library. */
type Ffi = ReturnType<typeof loadFfi>

const loadFfi = () => process.getBuiltinModule('node:ffi')

/**
 * Prepares calls of the system's library by Node's FFI, which is experimental: undefined where there is none, where this is
 * not Linux, or where a function is missing. Everything has to work without.
 */
export function loadLibrary<T>(prepare: (ffi: Ffi) => T): T | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return prepare(quietly(loadFfi))
  } catch {
    return undefined
  }
}

/** The number behind a socket. Node has no public name for it. */
export function descriptorOf(stream: Socket): number | undefined {
  const handle: unknown = Reflect.get(stream, '_handle')
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined
  return typeof fd === 'number' && fd >= 0 ? fd : undefined
}

/** Node says once that FFI is experimental. Programs that use a client are not to be told: without FFI everything works, too. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}
