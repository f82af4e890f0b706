import type { TLSSocket } from 'node:tls'
import { GatewayError } from '../errors.ts'

/** What a request or a reply of enrolment is at the most, in bytes. */
const MAX_LINE = 65_536

/**
 * Reads one line of JSON: all that is said in one direction of a connection for enrolment. What comes after it is dropped.
 * @throws {GatewayError} `GATEWAY_PROTOCOL` when it is too long or no JSON, `GATEWAY_UNREACHABLE` when the connection ends first or the
 * signal comes
 */
export function readLine(socket: TLSSocket, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let length = 0
    const settle = (done: () => void) => {
      socket.off('data', onData).off('close', onClose).off('end', onClose).off('error', onClose)
      signal.removeEventListener('abort', onAbort)
      done()
    }
    const fail = (code: 'GATEWAY_PROTOCOL' | 'GATEWAY_UNREACHABLE', text: string) =>
      settle(() => reject(new GatewayError(code, text)))
    const onClose = () => fail('GATEWAY_UNREACHABLE', 'The connection ended before all was said.')
    const onAbort = () => fail('GATEWAY_UNREACHABLE', 'The other side did not say all in time.')
    const onData = (bytes: Buffer) => {
      const end = bytes.indexOf(0x0a)
      length += end < 0 ? bytes.length : end
      if (length > MAX_LINE) return fail('GATEWAY_PROTOCOL', `More than ${MAX_LINE} bytes were sent.`)
      pieces.push(end < 0 ? bytes : bytes.subarray(0, end))
      if (end < 0) return
      settle(() => {
        try {
          resolve(JSON.parse(Buffer.concat(pieces).toString('utf8')))
        } catch (cause) {
          reject(new GatewayError('GATEWAY_PROTOCOL', 'What was sent is no JSON.', { cause }))
        }
      })
    }
    if (signal.aborted) return onAbort()
    if (socket.destroyed) return onClose()
    signal.addEventListener('abort', onAbort)
    socket.on('data', onData).on('close', onClose).on('end', onClose).on('error', onClose)
  })
}

/** The line that {@link readLine} reads. */
export const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`
