import * as fs from 'node:fs'
import { link, rename, unlink } from 'node:fs/promises'
import { failure } from '../failure.ts'
import type { Entry, Upload } from '../storage.ts'
import { changeMode, changeOwner, flush } from './calls.ts'
import type { LocalContext } from './context.ts'
import { DraftFile } from './draft-file.ts'
import { flushFolder } from './flush-folder.ts'
import { entryOf } from './local-entry.ts'
import { fromSystem, systemCode } from './system-error.ts'
import type { UploadTarget } from './upload-target.ts'

/** The file of an upload before it has its name. */
export interface AtomicDraft {
  readonly fd: number
  /** Its hidden name, in the folder of the target. */
  readonly name: string
  readonly offset: number
  /** The hidden name under which it waits for its owner when it breaks; absent when it is not to be kept. */
  readonly kept?: string
  /** Whether it was kept before: then it is worth keeping again, even without a new byte. */
  readonly claimed: boolean
  /** Refuse to replace what has the name by the time of publishing. */
  readonly exclusive: boolean
}

/** Where an upload stands: an abandon waits for a publish that is under way. */
type State =
  | { readonly phase: 'open' }
  | { readonly phase: 'publishing'; readonly entry: Promise<Entry> }
  | { readonly phase: 'ended' }

const OPEN: State = { phase: 'open' }
const ENDED: State = { phase: 'ended' }

/** An upload into a hidden file beside its name, which gets the name when it is whole. */
export class AtomicUpload implements Upload {
  readonly offset: number
  readonly #context: LocalContext
  readonly #target: UploadTarget
  readonly #draft: AtomicDraft
  readonly #file: DraftFile
  #state: State = OPEN

  constructor(context: LocalContext, target: UploadTarget, draft: AtomicDraft) {
    this.#context = context
    this.#target = target
    this.#draft = draft
    this.#file = new DraftFile(draft.fd, draft.offset, context.durable)
    this.offset = draft.offset
  }

  write(chunk: Buffer): Promise<void> {
    return this.#file.write(chunk)
  }

  async publish(): Promise<Entry> {
    if (this.#state.phase !== 'open') throw failure('STORAGE_FAILED', 'The upload has ended.')
    const entry = this.#publish()
    this.#state = { phase: 'publishing', entry }
    try {
      await entry
      this.#state = ENDED
    } catch (error) {
      this.#state = OPEN
      throw fromSystem(error)
    }
    await this.#release()
    return entry
  }

  async abandon({ keep }: { keep: boolean }): Promise<void> {
    if (this.#state.phase === 'publishing') await this.#state.entry.catch(() => {})
    if (this.#state.phase === 'ended') return
    this.#state = ENDED
    const { keepBrokenMs, leftovers } = this.#context
    const { claimed, kept, name, offset } = this.#draft
    const { folder } = this.#target
    try {
      // Bytes that the disk lost are not to be continued.
      const intact = await this.#file.end().then(
        () => true,
        () => false,
      )
      if (
        keep &&
        intact &&
        kept !== undefined &&
        keepBrokenMs > 0 &&
        (claimed || this.#file.position > offset)
      ) {
        await rename(folder.at(name), folder.at(kept))
        leftovers.kept(folder.path, kept)
      } else {
        await unlink(folder.at(name))
      }
    } catch (error) {
      // Gone with its folder: nothing is left to keep.
      if (systemCode(error) !== 'ENOENT') throw fromSystem(error)
    } finally {
      await this.#release()
    }
  }

  /** An upload that nobody ended was broken by a mistake of ours: its bytes are worth keeping. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.abandon({ keep: true })
  }

  async #publish(): Promise<Entry> {
    const { confinement, durable, owners } = this.#context
    const { exclusive, fd, name } = this.#draft
    const { folder, host } = this.#target
    await this.#file.end()
    confinement.recheck(folder)
    await this.#takeAfterReplaced()
    if (durable) await flush(fd)
    if (exclusive) await this.#nameExclusively()
    else await rename(folder.at(name), host)
    if (durable) await flushFolder(folder.host)
    await this.#dropKept()
    return entryOf(this.#target.name, fs.fstatSync(fd), owners)
  }

  /** The file that loses its name leaves its permissions behind, and its owner where the process may give files away. */
  async #takeAfterReplaced(): Promise<void> {
    const { fd } = this.#draft
    const replaced = await this.#context.confinement.look(this.#target.host)
    if (!replaced || this.#draft.exclusive) return
    if (!replaced.isFile()) throw failure(replaced.isDirectory() ? 'STORAGE_NOT_A_FILE' : 'STORAGE_BUSY')
    const own = fs.fstatSync(fd)
    if (own.uid !== replaced.uid || own.gid !== replaced.gid) {
      await changeOwner(fd, replaced.uid, replaced.gid).catch(() => {})
    }
    // Without the set-user-ID bits: a write would have cleared them as well.
    const mode = replaced.mode & 0o777
    if ((own.mode & 0o7777) !== mode) await changeMode(fd, mode)
  }

  /** A hard link, unlike a rename, fails when the name is taken, also by another process at this moment. */
  async #nameExclusively(): Promise<void> {
    const { folder, host } = this.#target
    const own = folder.at(this.#draft.name)
    try {
      await link(own, host)
    } catch (error) {
      const code = systemCode(error)
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
      // A file system without hard links: the name is taken first, then replaced.
      fs.closeSync(
        fs.openSync(host, fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL, 0o600),
      )
      await rename(own, host)
      return
    }
    await unlink(own).catch(() => {})
  }

  /** What this owner left under the name before is older than what is published now. */
  async #dropKept(): Promise<void> {
    const { kept } = this.#draft
    if (kept === undefined) return
    const path = this.#target.folder.at(kept)
    if (await this.#context.confinement.look(path)) await unlink(path).catch(() => {})
  }

  async #release(): Promise<void> {
    this.#context.leftovers.ended(this.#draft.name)
    this.#target[Symbol.dispose]()
    await this.#file.close()
  }
}
