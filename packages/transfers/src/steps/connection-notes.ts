import type { ClientEvent } from '@portolan/client'
import { type ControlFacts, endpoint } from '../engine/site-clients.ts'
import type { HeldRun } from '../run/held-run.ts'

/** How the bytes of a file went, as its row says it. */
export interface WayOfFile {
  readonly mode?: string
  readonly local?: string
  readonly remote?: string
  readonly because?: string
}

/** Turns what a client tells into the timeline of a run, and into what its files say of their connections. */
export class ConnectionNotes {
  readonly #run: HeldRun
  readonly #site: string
  readonly #connections: ReadonlyMap<number, ControlFacts>
  readonly #sessions = new Set<number>()
  #way: WayOfFile = {}

  constructor(run: HeldRun, site: string, connections: ReadonlyMap<number, ControlFacts>) {
    this.#run = run
    this.#site = site
    this.#connections = connections
  }

  /** Of the data connection that was opened last. */
  get way(): WayOfFile {
    return this.#way
  }

  listen(event: ClientEvent): void {
    const run = this.#run
    switch (event.type) {
      case 'decision':
        run.note('decision', event.because.text, { about: event.about, code: event.because.code })
        break
      case 'rung-left':
        run.note('decision', `${event.rung} was left: ${event.because.text}`, {
          about: 'mode',
          code: event.because.code,
        })
        break
      case 'data-opened':
        this.#opened(event)
        break
      case 'warning':
        run.note('warning', event.because.text, { code: event.because.code })
        break
      case 'retry':
        run.note('retry', `${event.error.message} Again in ${event.delayMs} ms.`, {
          what: event.what,
          attempt: event.attempt,
          code: event.error.code,
        })
        break
      case 'tls':
        if (event.channel === 'data')
          this.#way = { ...this.#way, mode: `${this.#way.mode ?? ''}, ${event.protocol}`.replace(/^, /, '') }
        break
      case 'connected':
      case 'closed':
      case 'sent':
      case 'received':
        break
    }
  }

  #opened({ session, rung, local, remote, because }: Extract<ClientEvent, { type: 'data-opened' }>): void {
    if (!this.#sessions.has(session)) {
      this.#sessions.add(session)
      const control = this.#connections.get(session)
      if (control) {
        const tls = control.tls === undefined ? 'in the clear' : `under ${control.tls}`
        this.#run.note('connected', `Session ${session} with ${this.#site} at ${control.remote}, ${tls}.`, {
          session,
          ...control,
        })
      }
    }
    const mode = rung === 'EPSV' || rung === 'PASV' ? 'passive' : 'active'
    this.#way = {
      mode: `${mode} (${rung})`,
      local: endpoint(local),
      remote: endpoint(remote),
      because: because.text,
    }
    this.#run.note(
      'data',
      `Data connection by ${rung} from ${endpoint(local)} to ${endpoint(remote)}: ${because.text}`,
      {
        session,
        rung,
        code: because.code,
      },
    )
  }
}
