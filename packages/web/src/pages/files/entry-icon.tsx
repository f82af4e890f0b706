import type { FileEntry } from '@portolan/console/contract'
import {
  IconFile,
  IconFileMusic,
  IconFileSpreadsheet,
  IconFileText,
  IconFileTypePdf,
  IconFileZip,
  IconFolderFilled,
  IconLink,
  IconMovie,
  IconPhoto,
  IconQuestionMark,
} from '@tabler/icons-react'
import classes from './files.module.css'
import { isFolder } from './sort-entries.ts'

const KINDS: readonly (readonly [RegExp, typeof IconFile])[] = [
  [/\.(avif|bmp|gif|heic|ico|jpe?g|png|svg|tiff?|webp)$/i, IconPhoto],
  [/\.(7z|bz2|gz|jar|rar|tar|tgz|txz|xz|zip|zst)$/i, IconFileZip],
  [/\.pdf$/i, IconFileTypePdf],
  [/\.(csv|ods|tsv|xlsx?)$/i, IconFileSpreadsheet],
  [/\.(docx?|log|md|odt|rtf|txt|json|ya?ml|xml|ini|conf)$/i, IconFileText],
  [/\.(avi|m4v|mkv|mov|mp4|mpe?g|webm)$/i, IconMovie],
  [/\.(aac|flac|m4a|mp3|ogg|opus|wav)$/i, IconFileMusic],
]

/** What an entry is, as a picture. The words are those of {@link kindText}. */
export function EntryIcon({ entry }: { entry: FileEntry }) {
  const Icon = iconOf(entry)
  return (
    <Icon
      size={20}
      stroke={1.6}
      aria-hidden
      className={isFolder(entry) ? classes.folderIcon : classes.fileIcon}
    />
  )
}

function iconOf(entry: FileEntry) {
  if (isFolder(entry)) return IconFolderFilled
  if (entry.type === 'link') return IconLink
  if (entry.type === 'other') return IconQuestionMark
  return KINDS.find(([pattern]) => pattern.test(entry.name))?.[1] ?? IconFile
}

/** What an entry is, in a word. */
export function kindText({ type, leadsTo }: FileEntry): string {
  if (type === 'folder') return 'Folder'
  if (type === 'file') return 'File'
  if (type === 'other') return 'Neither a file nor a folder'
  return leadsTo ? `Link to a ${leadsTo}` : 'Link that leads nowhere'
}
