import { encodeName } from '@portolan/protocol'

/** A path as the file system wants it: names that are no UTF-8 go as the bytes that they are. */
export function onDisk(path: string): string | Buffer {
  return path.isWellFormed() ? path : encodeName(path)
}
