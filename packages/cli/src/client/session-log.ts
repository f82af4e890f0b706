import { closeSync, openSync, writeSync } from 'node:fs'
import type { ClientEvent, FtpError } from '@portolan/client'
import { UserError } from '../user-error.ts'
import { printable } from './printable.ts'

/** The lines of the dialogue for a person: `> RETR x`, `< 226 ...`, `= why something was decided`. Sessions but the first are named. */
export function dialogueLines(event: ClientEvent): readonly string[] {
  const session = 'session' in event && event.session > 1 ? String(event.session) : ''
  switch (event.type) {
    case 'sent':
      return [`${session}> ${printable(event.line)}`]
    case 'received': {
      const { code, lines } = event.reply
      const last = lines.length - 1
      return lines.map((line, i) => `${session}< ${code}${i === last ? ' ' : '-'}${printable(line)}`)
    }
    case 'connected':
      return [
        `${session}= Connected to ${event.remote.address} port ${event.remote.port} in ${Math.round(event.ms)} ms.`,
      ]
    case 'decision':
      return [`${session}= ${printable(event.because.text)}`]
    case 'rung-left':
      return [`${session}= ${event.rung} was left: ${printable(event.because.text)}`]
    case 'data-opened':
      return [
        `${session}= Data connection by ${event.rung}, ${event.local.address}:${event.local.port} to ${event.remote.address}:${event.remote.port}: ${printable(event.because.text)}`,
      ]
    case 'tls':
      return [
        `${session}= ${event.protocol} ${event.cipher} on the ${event.channel} connection${event.reused ? ', resumed' : ''}.`,
      ]
    case 'closed':
      return [`${session}= ${printable(event.because.text)}`]
    // Told by the report, whether the dialogue is shown or not.
    case 'warning':
    case 'retry':
      return []
  }
}

/** A file of JSON lines, one for each event. It may be shared by several runs: lines are appended whole. */
export class EventLog implements Disposable {
  readonly #file: number

  /** @throws {UserError} when it cannot be written */
  constructor(path: string) {
    try {
      this.#file = openSync(path, 'a', 0o600)
    } catch (error) {
      throw new UserError(`--log cannot be written: ${error instanceof Error ? error.message : error}`)
    }
  }

  /** @param server - which of several the event is about */
  write(server: string, event: ClientEvent): void {
    const told = event.type === 'retry' ? { ...event, error: errorFacts(event.error) } : event
    writeSync(this.#file, `${JSON.stringify({ time: new Date().toISOString(), server, ...told })}\n`)
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}

function errorFacts({ code, phase, command, message, hint }: FtpError) {
  return { code, phase, command, message, hint }
}
