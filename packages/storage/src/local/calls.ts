import * as fs from 'node:fs'
import { encodeName } from '@portolan/protocol'

/** A path as Node takes it: text, or bytes where a name is not UTF-8. */
export type HostPath = string | Buffer

/** Linux, everywhere Node runs: a descriptor that only names a file. Opening it waits for no pipe and wakes no device. */
export const O_PATH = 0o10000000

/** The path of text that may hold undecodable bytes. */
export function hostPath(text: string): HostPath {
  return text.isWellFormed() ? text : encodeName(text)
}

// Plain callbacks on plain descriptors: half the price of a FileHandle for each open file.

export function open(path: HostPath, flags: number, mode?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, mode, (error, fd) => (error ? reject(error) : resolve(fd)))
  })
}

/** Reads once, up to `length` bytes into the start of `into`. */
export function readAt(fd: number, into: Buffer, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, into, 0, length, position, (error, bytes) => (error ? reject(error) : resolve(bytes)))
  })
}

/** Writes the whole chunk, whatever the system takes at once. Answers the position behind it. */
export async function writeAt(fd: number, chunk: Buffer, position: number): Promise<number> {
  for (let from = 0; from < chunk.length; ) {
    from += await writeOnce(fd, chunk, from, position + from)
  }
  return position + chunk.length
}

function writeOnce(fd: number, chunk: Buffer, from: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(fd, chunk, from, chunk.length - from, position, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    )
  })
}

export function flush(fd: number): Promise<void> {
  return done(callback => fs.fsync(fd, callback))
}

/** Like {@link flush}, without times that do not matter for reading the bytes. */
export function flushData(fd: number): Promise<void> {
  return done(callback => fs.fdatasync(fd, callback))
}

export function truncate(fd: number, length: number): Promise<void> {
  return done(callback => fs.ftruncate(fd, length, callback))
}

export function changeMode(fd: number, mode: number): Promise<void> {
  return done(callback => fs.fchmod(fd, mode, callback))
}

export function changeOwner(fd: number, uid: number, gid: number): Promise<void> {
  return done(callback => fs.fchown(fd, uid, gid, callback))
}

/** Closes off the event loop: the last close of a removed file frees its blocks, which takes long. */
export function close(fd: number): Promise<void> {
  return done(callback => fs.close(fd, callback))
}

/** What a path names, a final link not followed; undefined when nothing has the name. */
export function lstatOrNothing(path: HostPath): Promise<fs.Stats | undefined> {
  return new Promise((resolve, reject) => {
    fs.lstat(path, (error, stats) => {
      if (!error) resolve(stats)
      else if (error.code === 'ENOENT') resolve(undefined)
      else reject(error)
    })
  })
}

function done(call: (callback: fs.NoParamCallback) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call(error => (error ? reject(error) : resolve()))
  })
}
