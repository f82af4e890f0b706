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
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    const obey = (line: string, handling: Handling | undefined, onwards: Socket, back: Socket) => {
      if (handling === undefined) onwards.write(`${line}\r\n`, 'latin1')
      else if ('forward' in handling) onwards.write(`${handling.forward}\r\n`, 'latin1')
      else if ('answer' in handling) back.write(`${handling.answer}\r\n`, 'latin1')
      else if ('reset' in handling) reset()
    }
    passLines(
      client,
      server,
      () => blind,
      line => {
        obey(line, box.onClientLine?.(line), server, client)
      },
    )
    passLines(
      server,
      client,
      () => blind,
      line => {
        obey(line, box.onServerLine?.(line), client, server)
        if (TLS_BEGINS.test(line)) blind = true
      },
    )
    // One side broke: so does the other.
    client.once('error', reset)
    server.once('error', reset)
  })
}

/** Cuts what `from` sends into lines for `onLine`; from when `isBlind` on, and at its end, bytes go on to `to` as they are. */
function passLines(from: Socket, to: Socket, isBlind: () => boolean, onLine: (line: string) => void): void {
  let held = ''
  const pass = () => {
    to.write(held, 'latin1')
    held = ''
  }
  from.on('data', (chunk: Buffer) => {
    held += chunk.toString('latin1')
    while (!isBlind()) {
      const end = held.indexOf('\n')
      if (end === -1) break
      const line = held.slice(0, end).replace(/\r$/, '')
      held = held.slice(end + 1)
      onLine(line)
    }
    if (held.length > 0 && (isBlind() || held.length > LONGEST_LINE)) pass()
  })
  from.once('end', () => {
    pass()
    to.end()
  })
}
