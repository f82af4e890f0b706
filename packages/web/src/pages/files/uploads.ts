import type { FolderView } from '@portolan/console/contract'
import { ApiError, api } from '../../api/client.ts'
import { queryClient } from '../../shell/query-client.ts'
import { isFolder } from './sort-entries.ts'
import { UploadQueue } from './upload-queue.ts'
import { sendFile } from './xhr-upload.ts'

/** How often the page is told of progress, in milliseconds. */
const TELL_MS = 120
/** How long a folder waits to be listed again while uploads arrive in it, in milliseconds. */
const LIST_MS = 700

/** The query of a folder's listing. */
export const folderQuery = (path: string) => ({
  queryKey: ['/files', path],
  queryFn: () => api.get<FolderView>('/files', { path }),
})

let current: { readonly user: string; readonly queue: UploadQueue<File> } | undefined

/** The uploads of who is signed in. They go on while other folders are looked at. */
export function uploadsOf(user: string): UploadQueue<File> {
  if (current?.user === user) return current.queue
  current?.queue.cancelAll()
  current = { user, queue: new UploadQueue(ports()) }
  return current.queue
}

function ports(): ConstructorParameters<typeof UploadQueue<File>>[0] {
  const changed = new Set<string>()
  return {
    async namesIn(folder) {
      const { entries } = await api.get<FolderView>('/files', { path: folder })
      return new Map(entries.map(entry => [entry.name, isFolder(entry)]))
    },
    async makeFolder(path) {
      try {
        await api.post('/files/folders', { path })
      } catch (error) {
        // What has the name may be a file: then the first upload into it says so.
        if (!(error instanceof ApiError && error.code === 'FILE_EXISTS')) throw error
      }
    },
    send: sendFile,
    wait: (ms, signal) =>
      new Promise(resolve => {
        const timer = setTimeout(resolve, ms)
        signal.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
    now: () => performance.now(),
    later: work => void setTimeout(work, TELL_MS),
    stored(folder) {
      if (changed.size === 0) {
        setTimeout(() => {
          for (const path of changed) void queryClient.invalidateQueries({ queryKey: ['/files', path] })
          changed.clear()
        }, LIST_MS)
      }
      changed.add(folder)
    },
  }
}
