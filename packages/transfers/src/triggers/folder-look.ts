import type { LocalPlace } from '../model/index.ts'
import type { FoundFile } from './file-facts.ts'
import { sentenceOf, type TriggerParts } from './parts.ts'
import { scanFolder } from './scan-folder.ts'

/** What a folder is looked into for. */
export interface FolderAsk {
  readonly transfer: { readonly name: string }
  readonly trigger: { readonly place: LocalPlace; readonly subfolders: boolean }
  readonly matches: (name: string) => boolean
}

/** Looks into the folders of triggers, and tells each trouble once until it is over. */
export class FolderLook {
  readonly #parts: Pick<TriggerParts, 'resolve' | 'signal' | 'warn'>
  /** By name of the transfer. */
  readonly #told = new Map<string, string>()

  constructor(parts: Pick<TriggerParts, 'resolve' | 'signal' | 'warn'>) {
    this.#parts = parts
  }

  /** The files that are meant; undefined when they could not be looked at. A folder that is not there holds none. */
  async files({ trigger, matches, transfer }: FolderAsk): Promise<readonly FoundFile[] | undefined> {
    const { resolve, signal } = this.#parts
    try {
      const root = await resolve(trigger.place, 'read')
      const { files, complete } = await scanFolder(root, { subfolders: trigger.subfolders, matches, signal })
      const trouble = complete
        ? undefined
        : 'holds more than is looked at: move files out of it once they are delivered'
      this.#tell(transfer.name, 'folder-too-full', trouble)
      return files
    } catch (error) {
      signal.throwIfAborted()
      if (isMissing(error)) {
        this.#tell(transfer.name, 'folder-unread', undefined)
        return []
      }
      this.#tell(transfer.name, 'folder-unread', `could not be looked at: ${sentenceOf(error)}`)
      return undefined
    }
  }

  #tell(name: string, code: string, trouble: string | undefined): void {
    if (trouble === undefined) this.#told.delete(name)
    else if (this.#told.get(name) !== trouble) {
      this.#told.set(name, trouble)
      this.#parts.warn(code, `The folder of the transfer ${name} ${trouble}.`)
    }
  }
}

/** The folder is made by its first upload. */
const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
