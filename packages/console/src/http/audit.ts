import type { AuditRow } from '@portolan/store'
import type { Services } from '../node/services.ts'
import type { Log } from './log.ts'
import type { Problem } from './problem.ts'
import { redact } from './redact.ts'
import type { RequestState } from './request-state.ts'
import type { AuditNote } from './route.ts'

/** Longest text of a row, in characters. */
const MOST_TEXT = 1_000

/** What a caller may not or cannot do and tried. A missing or wrong sign-in is noted by the route itself. */
const REFUSED: ReadonlySet<number> = new Set([403, 409, 422])

/** Writes what was changed, and what was refused, into the audit log. */
export class Audit {
  readonly #services: Pick<Services, 'store' | 'node' | 'now'>
  readonly #log: Log

  constructor(services: Pick<Services, 'store' | 'node' | 'now'>, log: Log) {
    this.#services = services
    this.#log = log
  }

  /** Writes a request's notes. A log that cannot be written does not undo what was done: then the node's log has it. */
  async write(state: RequestState): Promise<void> {
    const rows = state.notes.splice(0).map(note => this.#row(state, note))
    if (rows.length === 0) return
    try {
      await this.#services.store.audit.append(rows)
    } catch (error) {
      for (const row of rows) this.#log('error', { audit: row, error: String(error) }, 'not in the audit log')
    }
  }

  /** Writes that somebody who is signed in was refused. */
  async refused(state: RequestState, problem: Problem): Promise<void> {
    const { route, principal, notes } = state
    const isNoted = notes.some(({ outcome }) => outcome === 'refused')
    if (principal && !isNoted && route.method !== 'GET' && REFUSED.has(problem.status)) {
      const { method, path, tag } = route
      const text = `${problem.code}: ${problem.message}`
      notes.push({ action: `${tag}.refused`, target: `${method} ${path}`, text, outcome: 'refused' })
    }
    await this.write(state)
  }

  #row({ principal, address }: RequestState, note: AuditNote): Omit<AuditRow, 'id'> {
    return {
      at: this.#services.now(),
      node: this.#services.node.name,
      actor: principal?.actor ?? note.actor ?? 'nobody',
      address,
      action: note.action,
      target: note.target.slice(0, MOST_TEXT),
      before: redact(note.before ?? null),
      after: redact(note.after ?? null),
      outcome: note.outcome ?? 'done',
      text: String(redact((note.text ?? '').slice(0, MOST_TEXT))),
    }
  }
}
