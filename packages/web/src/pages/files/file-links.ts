import { apiUrl } from '../../api/client.ts'

/** Addresses that are longer are refused by some servers on the way. */
const LONGEST_ADDRESS = 7_500

/** Where a file is downloaded. */
export const contentUrl = (path: string): string => apiUrl('/files/content', { path })

/** Where files and folders are downloaded as one zip; undefined when they are too many for one address. */
export function zipUrl(paths: readonly string[]): string | undefined {
  const url = `${apiUrl('/files/zip')}?${new URLSearchParams(paths.map(path => ['path', path]))}`
  return url.length > LONGEST_ADDRESS ? undefined : url
}

/** Makes the browser download from an address of ours. */
export function startDownload(url: string): void {
  const link = document.createElement('a')
  link.href = url
  // The server's header has the name.
  link.download = ''
  link.click()
}
