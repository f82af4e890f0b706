import { failure } from '../failure.ts'
import type { Entry, Upload } from '../storage.ts'
import { type FileNode, type FolderNode, memoryEntry } from './tree.ts'

/** Where the bytes of an upload in memory go and what becomes of them. */
export interface MemoryDraft {
  readonly folder: FolderNode
  readonly name: string
  readonly file: FileNode
  readonly offset: number
  /** `direct`: the file has its name already. */
  readonly mode: 'atomic' | 'direct'
  readonly exclusive: boolean
  /** Whether it was kept before. */
  readonly claimed: boolean
  readonly now: () => number
  /** Keeps a broken upload for its owner. */
  readonly keep: () => void
  /** Forgets what the owner left under the name before. */
  readonly dropKept: () => void
}

/** An upload in memory. */
export class MemoryUpload implements Upload {
  readonly offset: number
  readonly #draft: MemoryDraft
  #state: 'open' | 'ended' = 'open'

  constructor(draft: MemoryDraft) {
    this.#draft = draft
    this.offset = draft.offset
    draft.folder.uploads += 1
  }

  async write(chunk: Buffer): Promise<void> {
    this.#assertOpen()
    const { file, now } = this.#draft
    file.blocks.append(chunk)
    file.modified = now()
  }

  async publish(): Promise<Entry> {
    this.#assertOpen()
    const { dropKept, exclusive, file, folder, mode, name, now } = this.#draft
    if (folder.removed) throw failure('STORAGE_NOT_FOUND')
    if (mode === 'atomic') {
      const replaced = folder.children.get(name)
      if (replaced && exclusive) throw failure('STORAGE_EXISTS')
      if (replaced?.kind === 'folder') throw failure('STORAGE_NOT_A_FILE')
      if (replaced?.kind === 'link') throw failure('STORAGE_BUSY')
      if (replaced) {
        file.mode = replaced.mode & 0o777
        replaced.blocks.free()
      }
      folder.children.set(name, file)
      folder.modified = now()
      dropKept()
    }
    this.#end()
    return memoryEntry(name, file)
  }

  async abandon({ keep }: { keep: boolean }): Promise<void> {
    if (this.#state === 'ended') return
    this.#end()
    const { claimed, file, folder, keep: keepForOwner, mode, offset } = this.#draft
    if (mode === 'direct') return
    if (keep && !folder.removed && (claimed || file.blocks.size > offset)) keepForOwner()
    else file.blocks.free()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abandon({ keep: true })
  }

  #assertOpen(): void {
    if (this.#state === 'ended') throw failure('STORAGE_FAILED', 'The upload has ended.')
  }

  #end(): void {
    this.#state = 'ended'
    this.#draft.folder.uploads -= 1
  }
}
