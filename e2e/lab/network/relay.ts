import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Handling, Middlebox } from './middlebox.ts'

/** Longest line that is kept back until its end comes, in bytes; longer ones pass as they are. */
const LONGEST_LINE = 16_384
/** The reply to AUTH after which nothing can be read any more. */
const TLS_BEGINS = /^234[ -]/

/** Where a relay passes connections on to. */
export interface RelayTarget {
  readonly host: string
  readonly port: number
}

/** Passes control connections on to `target` and lets `box` see and change their lines until TLS begins. */
export function relayServer(target: RelayTarget, box: Middlebox): Server {
  return createServer({ noDelay: true }, client => {
    const server = connect({ ...target, noDelay: true })
    let blind = false
    const reset = () => {
      resetSocket(client)
      resetSocket(server)
    }
    const obey = (handling: Handling | undefined, line: Line, onwards: Socket, back: Socket) => {
      if (handling === undefined) onwards.write(line.text + line.ending, 'latin1')
      else if ('forward' in handling) onwards.write(handling.forward + line.ending, 'latin1')
      else if ('answer' in handling) back.write(handling.answer + line.ending, 'latin1')
      else if ('reset' in handling) reset()
    }
    passLines(client, server, {
      isBlind: () => blind,
      onLine: line => obey(box.onClientLine?.(line.text), line, server, client),
    })
    passLines(server, client, {
      isBlind: () => blind,
      onLine(line) {
        obey(box.onServerLine?.(line.text), line, client, server)
        if (TLS_BEGINS.test(line.text)) blind = true
      },
    })
    // One side broke: so does the other.
    client.once('error', reset)
    server.once('error', reset)
  })
}

/** Node 26 loses the handle of a socket that is reset between `end()` and its FIN: the process would never end. */
function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

interface Line {
  readonly text: string
  readonly ending: string
}

interface Reader {
  readonly isBlind: () => boolean
  readonly onLine: (line: Line) => void
}

/** Cuts what `from` sends into lines; once the reader is blind, and at the end, bytes go on to `to` as they are. */
function passLines(from: Socket, to: Socket, { isBlind, onLine }: Reader): void {
  let held = ''
  const pass = () => {
    if (held.length > 0) to.write(held, 'latin1')
    held = ''
  }
  from.on('data', (chunk: Buffer) => {
    held += chunk.toString('latin1')
    while (!isBlind()) {
      const [whole, text = '', ending = ''] = /^([^\n]*?)(\r?\n)/.exec(held) ?? []
      if (whole === undefined) break
      held = held.slice(whole.length)
      onLine({ text, ending })
    }
    if (isBlind() || held.length > LONGEST_LINE) pass()
  })
  from.once('end', () => {
    pass()
    to.end()
  })
}
