import type { FileEntry, Removed } from '@portolan/console/contract'
import { ApiError, api } from '../../api/client.ts'
import { notifyDone, notifyError } from '../../components/notify.ts'
import { plural } from '../../format/format.ts'
import { queryClient } from '../../shell/query-client.ts'
import { contentUrl, startDownload, zipUrl } from './file-links.ts'
import { isText, joinPath, shownName } from './paths.ts'
import { isFolder } from './sort-entries.ts'

const renew = () => queryClient.invalidateQueries({ queryKey: ['/files'] })

/** Downloads one file as it is, a folder or several things as a zip. What cannot be had is told in words. */
export async function download(folder: string, entries: readonly FileEntry[]): Promise<void> {
  const [first] = entries
  const odd = entries.find(({ name }) => !isText(name))
  if (odd)
    return notifyError(new Error(`The name “${shownName(odd.name)}” is no valid text: rename it first.`))
  if (first && entries.length === 1 && !isFolder(first))
    return startDownload(contentUrl(joinPath(folder, first.name)))
  const url = zipUrl(entries.map(({ name }) => joinPath(folder, name)))
  if (url === undefined) {
    const text = 'That is too much for one zip: choose fewer entries, or download the folder that holds them.'
    return notifyError(new Error(text))
  }
  try {
    // A download that is refused is shown by browsers without a word of why.
    await api.get(`${url.replace('/api/v1', '')}&check=true`)
    startDownload(url)
  } catch (error) {
    notifyError(error)
  }
}

export async function makeFolder(path: string): Promise<void> {
  await api.post('/files/folders', { path })
  await renew()
}

export async function rename(from: string, to: string): Promise<void> {
  await api.post('/files/rename', { from, to })
  await renew()
}

/** @throws {Error} naming what could not be removed; the rest is gone */
export async function remove(folder: string, entries: readonly FileEntry[]): Promise<void> {
  const paths = entries.map(({ name }) => joinPath(folder, name))
  try {
    const { removed, failed } = await api.post<Removed>('/files/remove', { paths })
    const [first] = failed
    if (first) {
      const rest =
        failed.length > 1 ? ` ${plural(failed.length - 1, 'other')} could not be deleted either.` : ''
      const done =
        removed.length > 0 ? ` ${plural(removed.length, 'entry was', 'entries were')} deleted.` : ''
      throw new ApiError(409, {
        code: first.code,
        detail: `${shownName(first.path)}: ${first.text}${rest}${done}`,
      })
    }
    notifyDone(`${plural(removed.length, 'entry', 'entries')} deleted.`)
  } finally {
    await renew()
  }
}
