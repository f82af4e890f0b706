import * as fs from 'node:fs'
import { failure } from '../failure.ts'
import type { Entry, Upload } from '../storage.ts'
import { flush } from './calls.ts'
import type { LocalContext } from './context.ts'
import { DraftFile } from './draft-file.ts'
import { flushFolder } from './flush-folder.ts'
import { entryOf } from './local-entry.ts'
import { fromSystem } from './system-error.ts'
import type { UploadTarget } from './upload-target.ts'

/** An upload straight into the named file: what arrived is there at once, and stays when the upload breaks. */
export class DirectUpload implements Upload {
  readonly offset: number
  readonly #context: LocalContext
  readonly #target: UploadTarget
  readonly #file: DraftFile
  #state: 'open' | 'ended' = 'open'

  constructor(context: LocalContext, target: UploadTarget, { fd, offset }: { fd: number; offset: number }) {
    this.#context = context
    this.#target = target
    this.#file = new DraftFile(fd, offset, context.durable)
    this.offset = offset
  }

  write(chunk: Buffer): Promise<void> {
    return this.#file.write(chunk)
  }

  async publish(): Promise<Entry> {
    if (this.#state !== 'open') throw failure('STORAGE_FAILED', 'The upload has ended.')
    this.#state = 'ended'
    const { durable, owners } = this.#context
    const { fd } = this.#file
    try {
      await this.#file.end()
      if (durable) await flush(fd)
      if (durable && !this.#target.existing) await flushFolder(this.#target.folder.host)
      return entryOf(this.#target.name, fs.fstatSync(fd), owners)
    } catch (error) {
      throw fromSystem(error)
    } finally {
      await this.#release()
    }
  }

  /** What arrived stays: a direct upload promises nothing else. */
  async abandon(_options: { keep: boolean }): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    await this.#release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abandon({ keep: true })
  }

  async #release(): Promise<void> {
    this.#target[Symbol.dispose]()
    await this.#file.close()
  }
}
