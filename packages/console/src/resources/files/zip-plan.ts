import { type FileAccess, FileAccessError, type FileEntry } from '@portolan/server'

/** Files and folders of one zip. */
const MOST_IN_ZIP = 100_000
/** How deep folders go. */
const DEEPEST = 64

/** A file or an empty folder that goes into a zip. */
export interface ZipItem {
  readonly kind: 'file' | 'folder'
  /** In the user's tree. */
  readonly path: string
  /** In the zip: relative, with slashes. */
  readonly name: string
  readonly modified: number
}

/** What goes into a zip, and what cannot. */
export interface ZipPlan {
  readonly items: readonly ZipItem[]
  /** Names in the zip, with the reason. */
  readonly leftOut: readonly string[]
}

/**
 * Finds what goes into a zip of some files and folders, before its first byte: what may not be read is refused as a whole.
 * Links to files are followed; links to folders, which may lead in circles, and devices are left out.
 * @throws {FileAccessError} `FILE_DENIED`, `FILE_MISSING`; `FILE_FULL` for more than {@link MOST_IN_ZIP}
 */
export async function planZip(access: FileAccess, paths: readonly string[]): Promise<ZipPlan> {
  const plan = new Planner(access)
  const taken = new Set<string>()
  for (const path of paths) {
    const entry = await access.stat(path)
    const name = freeName(safeName(entry.name), taken)
    if (entry.name === '/') await plan.folder('/', '', 0)
    // Of a link that was asked for by its name, what it leads to is meant.
    else if (entry.leadsTo === 'folder') await plan.folder(path, name, 0, entry.modified)
    else await plan.add(path, name, entry, 0)
  }
  return plan
}

class Planner implements ZipPlan {
  readonly items: ZipItem[] = []
  readonly leftOut: string[] = []
  readonly #access: FileAccess

  constructor(access: FileAccess) {
    this.#access = access
  }

  async add(
    path: string,
    name: string,
    { type, leadsTo, modified, may }: FileEntry,
    depth: number,
  ): Promise<void> {
    if (type === 'other') return void this.leftOut.push(`${name}: neither a file nor a folder`)
    if (type === 'link' && leadsTo !== 'file') {
      const reason = leadsTo
        ? 'a link to a folder; open it and download what is in it'
        : 'a link that leads nowhere'
      return void this.leftOut.push(`${name}: ${reason}`)
    }
    if (!may.read)
      throw new FileAccessError('FILE_DENIED', `You may not download ${path}, so there is no zip of it.`)
    if (type === 'folder') return await this.folder(path, name, depth, modified)
    this.#push({ kind: 'file', path, name, modified })
  }

  async folder(path: string, name: string, depth: number, modified = 0): Promise<void> {
    if (depth > DEEPEST) {
      throw new FileAccessError(
        'FILE_FULL',
        `${path} is more than ${DEEPEST} folders deep: too deep for a zip.`,
      )
    }
    const { entries, cut } = await this.#access.list(path)
    if (cut) throw tooMany()
    if (entries.length === 0 && name !== '') this.#push({ kind: 'folder', path, name, modified })
    const taken = new Set<string>()
    for (const entry of entries) {
      const below = freeName(safeName(entry.name), taken)
      const inZip = name === '' ? below : `${name}/${below}`
      await this.add(path === '/' ? `/${entry.name}` : `${path}/${entry.name}`, inZip, entry, depth + 1)
    }
  }

  #push(item: ZipItem): void {
    if (this.items.length >= MOST_IN_ZIP) throw tooMany()
    this.items.push(item)
  }
}

function tooMany(): FileAccessError {
  const text = `That is more than ${MOST_IN_ZIP.toLocaleString('en')} files: too many for one zip. Download the folders in it one by one.`
  return new FileAccessError('FILE_FULL', text)
}

/** A name that means the same to every program that unpacks: a backslash is a separator to some, a colon a drive. */
function safeName(name: string): string {
  return name
    .toWellFormed()
    .replaceAll('\\', '_')
    .replace(/^([A-Za-z]):/, '$1_')
}

/** The name, or the next free one with a number. */
function freeName(name: string, taken: Set<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`
  taken.add(free)
  return free
}
