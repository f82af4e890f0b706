import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import { type EnrolReply, type EnrolRequest, enrolRequest } from '../control/messages.ts'
import { lineOf, readLine } from './one-line.ts'

/** How long the answer may take, and how long it may take to be read, in milliseconds. */
const ANSWER_MS = 30_000
const DRAIN_MS = 5_000

/**
 * Answers the one request of a connection for enrolment and closes it. Never rejects.
 * @param requestMs - how long the request may take to come
 * @param refused - told when what came is no request
 */
export async function answerEnrol(
  socket: TLSSocket,
  requestMs: number,
  onEnrol: (request: EnrolRequest) => Promise<EnrolReply>,
  refused: (status: Status) => void,
): Promise<void> {
  socket.on('error', () => socket.destroy())
  try {
    const request = enrolRequest.safeParse(await readLine(socket, AbortSignal.timeout(requestMs)))
    if (!request.success) {
      refused({ code: 'POL_HANDSHAKE', text: 'What came is no request to enrol or to sign in.' })
      await send(socket, refusal('GATEWAY_ENROL_REFUSED', 'That is no request to enrol or to sign in.'))
      return
    }
    await send(socket, await answerInTime(onEnrol(request.data)))
  } catch (error) {
    refused({ code: 'POL_HANDSHAKE', text: error instanceof Error ? error.message : String(error) })
  } finally {
    socket.destroy()
  }
}

async function answerInTime(reply: Promise<EnrolReply>): Promise<EnrolReply> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<EnrolReply>(resolve => {
    timer = setTimeout(
      () => resolve(refusal('GATEWAY_UNREACHABLE', 'No answer came in time; try again.')),
      ANSWER_MS,
    )
    timer.unref()
  })
  try {
    return await Promise.race([reply, late])
  } catch {
    return refusal('GATEWAY_UNREACHABLE', 'The answer could not be made; try again.')
  } finally {
    clearTimeout(timer)
  }
}

async function send(socket: TLSSocket, reply: EnrolReply): Promise<void> {
  socket.resume()
  socket.end(lineOf(reply))
  if (!socket.destroyed)
    await once(socket, 'close', { signal: AbortSignal.timeout(DRAIN_MS) }).catch(() => {})
}

const refusal = (code: Extract<EnrolReply, { type: 'refused' }>['code'], text: string): EnrolReply => ({
  type: 'refused',
  code,
  text,
})
