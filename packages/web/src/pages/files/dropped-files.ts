import type { UploadAsk } from './upload-types.ts'

/** Files of one drop; more are better uploaded in parts, or by FTP. */
const MOST = 50_000

/** More was dropped than is taken at once. */
class TooManyFiles extends Error {
  override readonly name = 'TooManyFiles'

  constructor() {
    super(
      `That is more than ${MOST.toLocaleString('en')} files: upload them in parts, or with an FTP client.`,
    )
  }
}

/**
 * The files and folders of a drop, with the folders they lie in.
 *
 * What was dropped can be taken out of the event at once only; the folders are read afterwards.
 * @throws {TooManyFiles}
 */
export function droppedFiles(data: DataTransfer): Promise<readonly UploadAsk<File>[]> {
  const roots = [...data.items].flatMap(item => item.webkitGetAsEntry() ?? [])
  const plain = roots.length === 0 ? [...data.files].map(file => ({ folders: [], file })) : []
  return readAll(roots, plain)
}

/** The files of an input; of one that chooses a folder, with the folders they lie in. @throws {TooManyFiles} */
export function chosenFiles(files: FileList): readonly UploadAsk<File>[] {
  if (files.length > MOST) throw new TooManyFiles()
  return [...files].map(file => ({ folders: file.webkitRelativePath.split('/').slice(0, -1), file }))
}

async function readAll(
  roots: readonly FileSystemEntry[],
  found: UploadAsk<File>[],
): Promise<readonly UploadAsk<File>[]> {
  const open = roots.map(entry => ({ entry, folders: [] as readonly string[] }))
  for (let next = open.shift(); next; next = open.shift()) {
    const { entry, folders } = next
    if (found.length >= MOST) throw new TooManyFiles()
    if (isFile(entry)) {
      found.push({ folders, file: await fileOf(entry) })
    } else if (isFolder(entry)) {
      const below = [...folders, entry.name]
      const entries = await entriesOf(entry)
      if (entries.length === 0) found.push({ folders: below })
      for (const one of entries) open.push({ entry: one, folders: below })
    }
  }
  return found
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** Browsers tell a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all
    all.push(...some)
    if (all.length > MOST) throw new TooManyFiles()
  }
}
