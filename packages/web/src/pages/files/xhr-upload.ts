import { ApiError, apiUrl, csrfToken, problemOf } from '../../api/client.ts'

/** How a file is sent. */
export interface SendOptions {
  readonly overwrite: boolean
  readonly signal: AbortSignal
  readonly onProgress: (sent: number) => void
}

/**
 * Sends a file as the body of a request. By XMLHttpRequest, since `fetch` does not tell how far a body has got.
 * @throws {ApiError} also when there is no answer: then with status 0
 */
export function sendFile(
  file: File,
  path: string,
  { overwrite, signal, onProgress }: SendOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', apiUrl('/files/content', { path, overwrite }))
    request.setRequestHeader('x-csrf-token', csrfToken())
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = () => {
      const { status, response } = request
      if (status >= 200 && status < 300) resolve()
      else reject(new ApiError(status, problemOf(response, status)))
    }
    const lost = 'The connection broke while this was uploaded. Nothing was stored; try it again.'
    request.onerror = () => reject(new ApiError(0, { code: 'UNREACHABLE', detail: lost }))
    request.onabort = () =>
      reject(new ApiError(0, { code: 'CANCELLED', detail: 'The upload was cancelled.' }))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}
