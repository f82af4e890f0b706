import { joinPath } from './paths.ts'
import type { UploadPorts } from './upload-types.ts'

type Ports = Pick<UploadPorts<never>, 'namesIn' | 'makeFolder' | 'stored'>

/** What the queue knows of the folders it uploads into: each is made once and listed once. */
export class FolderNames {
  readonly #ports: Ports
  readonly #made = new Map<string, Promise<void>>()
  readonly #names = new Map<string, Promise<Map<string, boolean>>>()

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** Makes the folders below `base`, one in the other, unless they are there. */
  async make(base: string, folders: readonly string[]): Promise<string> {
    let path = base
    for (const name of folders) {
      const parent = path
      path = joinPath(parent, name)
      await this.#once(this.#made, path, async below => {
        await this.#ports.makeFolder(below)
        this.#ports.stored(parent)
      })
    }
    return path
  }

  /** The names of a folder. Whoever uploads adds his own, so that the next one of that name is asked about. */
  of(folder: string): Promise<Map<string, boolean>> {
    return this.#once(this.#names, folder, async path => new Map(await this.#ports.namesIn(path)))
  }

  /** Other ways may change folders: what is known is true for as long as uploads run. */
  forget(): void {
    this.#made.clear()
    this.#names.clear()
  }

  /** What failed is asked anew the next time. */
  #once<T>(known: Map<string, Promise<T>>, path: string, ask: (path: string) => Promise<T>): Promise<T> {
    const before = known.get(path)
    if (before) return before
    const answer = ask(path)
    known.set(path, answer)
    answer.catch(() => known.delete(path))
    return answer
  }
}
