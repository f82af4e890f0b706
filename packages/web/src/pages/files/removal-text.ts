import type { FileEntry } from '@portolan/console/contract'
import { plural } from '../../format/format.ts'
import { shownName } from './paths.ts'

/** The question before something is deleted: it names one, and counts several. */
export function removalText(entries: readonly FileEntry[]): {
  readonly title: string
  readonly text: string
} {
  const [only] = entries
  const folders = entries.filter(({ type }) => type === 'folder').length
  const others = entries.length - folders
  const last = 'This cannot be undone.'
  if (only && entries.length === 1) {
    const what = folders === 1 ? 'The folder and everything in it' : 'It'
    return { title: `Delete “${shownName(only.name)}”?`, text: `${what} will be deleted for good. ${last}` }
  }
  const parts = [
    ...(others > 0 ? [plural(others, 'file')] : []),
    ...(folders > 0
      ? [`${plural(folders, 'folder')} with everything in ${folders === 1 ? 'it' : 'them'}`]
      : []),
  ]
  return {
    title: `Delete ${plural(entries.length, 'entry', 'entries')}?`,
    text: `${parts.join(' and ')} will be deleted for good. ${last}`,
  }
}
