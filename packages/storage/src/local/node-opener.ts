import * as fs from 'node:fs'
import { realpath } from 'node:fs/promises'
import { decodeName } from '@portolan/protocol'
import { failure } from '../failure.ts'
import { type HostPath, hostPath, O_PATH, open } from './calls.ts'
import type { Pace } from './pace.ts'

/**
 * A file or folder that was looked up and stays the same object whatever is renamed meanwhile. What is done through
 * `host` and `prefix` is done to that object.
 */
export interface OpenNode extends Disposable {
  /** A path that means this object. */
  readonly host: HostPath
  /** Of a folder: with the name of something in it, a path that means that name in this folder. */
  readonly prefix: string
  /** Where it is on the host now; bytes stand as Latin-1. */
  real(): string
  stats(): fs.Stats
  /** Opens a regular file to read. @throws {StorageError} `STORAGE_BUSY` when its name means another object by now */
  openToRead(): Promise<number>
}

/** Never waits for a pipe, never takes a terminal. */
const READ_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY

/** Looks up paths of the host. */
export interface NodeOpener {
  open(path: HostPath, options?: { folder?: boolean }): Promise<OpenNode>
}

/**
 * Looks up paths so that check and use are the same object: a descriptor is opened with O_PATH, the kernel says where it
 * really is (`readlink /proc/self/fd/N`), and everything is then done through `/proc/self/fd/N`. No rename and no link
 * made in between changes what is meant.
 */
export class DescriptorOpener implements NodeOpener {
  readonly #pace: Pace

  constructor(pace: Pace) {
    this.#pace = pace
  }

  async open(path: HostPath, { folder = false } = {}): Promise<OpenNode> {
    const flags = folder ? O_PATH | fs.constants.O_DIRECTORY : O_PATH
    const fd = this.#pace.quick ? this.#pace.run(() => fs.openSync(path, flags)) : await open(path, flags)
    return new DescriptorNode(fd, this.#pace)
  }
}

class DescriptorNode implements OpenNode {
  readonly host: string
  readonly #fd: number
  readonly #pace: Pace
  #open = true

  constructor(fd: number, pace: Pace) {
    this.#fd = fd
    this.#pace = pace
    this.host = `/proc/self/fd/${fd}`
  }

  get prefix(): string {
    return `${this.host}/`
  }

  real(): string {
    return fs.readlinkSync(this.host, 'latin1')
  }

  stats(): fs.Stats {
    return fs.fstatSync(this.#fd)
  }

  async openToRead(): Promise<number> {
    return this.#pace.quick
      ? this.#pace.run(() => fs.openSync(this.host, READ_FLAGS))
      : open(this.host, READ_FLAGS)
  }

  [Symbol.dispose](): void {
    if (!this.#open) return
    this.#open = false
    // An O_PATH descriptor holds no data: nothing is written or freed.
    fs.closeSync(this.#fd)
  }
}

/**
 * Looks up paths where there is no /proc: by `realpath`. Links that lead outside are refused, but between the check and
 * the use a folder can be swapped for such a link, by another process of the host or by a client that moved a link of its
 * own out of its depth. Linux has the better way.
 */
export class RealPathOpener implements NodeOpener {
  async open(path: HostPath, { folder = false } = {}): Promise<OpenNode> {
    const real = await realpath(path, 'latin1')
    const text = decodeName(Buffer.from(real, 'latin1'))
    const stats = fs.lstatSync(hostPath(text))
    if (stats.isSymbolicLink()) throw failure('STORAGE_BUSY')
    if (folder && !stats.isDirectory()) throw failure('STORAGE_NOT_A_FOLDER')
    return {
      host: hostPath(text),
      prefix: text === '/' ? '/' : `${text}/`,
      real: () => real,
      stats: () => stats,
      openToRead: () => openSame(hostPath(text), stats),
      [Symbol.dispose]: () => {},
    }
  }
}

async function openSame(path: HostPath, expected: fs.Stats): Promise<number> {
  const fd = await open(path, READ_FLAGS | fs.constants.O_NOFOLLOW)
  const { dev, ino } = fs.fstatSync(fd)
  if (dev === expected.dev && ino === expected.ino) return fd
  fs.closeSync(fd)
  throw failure('STORAGE_BUSY')
}
