import type { Document, NewRun, RunCause, RunRow, TransferTables } from '@portolan/store'
import { TransferError } from '../errors.ts'
import { type Transfer, transfer } from '../model/index.ts'
import { newRun } from '../triggers/new-run.ts'
import { requestedProperties } from './requested-file.ts'

export interface RequestsOptions {
  readonly tables: Pick<TransferTables, 'definitions' | 'runs'>
  now(): number
  onQueued(rows: readonly RunRow[]): void
}

/** Runs that somebody asks for. */
export class Requests {
  readonly #options: RequestsOptions

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  /** @throws {TransferError} `TRANSFER_MISSING`, `TRANSFER_DISABLED`, `TRANSFER_INVALID` */
  async request(name: string, cause: Omit<RunCause, 'kind'>): Promise<RunRow> {
    const document = await this.#options.tables.definitions.get(name)
    if (!document) throw new TransferError('TRANSFER_MISSING', `There is no transfer ${name}.`)
    const definition = readTransfer(document)
    if (!definition.enabled) throw new TransferError('TRANSFER_DISABLED', `The transfer ${name} is disabled.`)
    const now = this.#options.now()
    const properties = requestedProperties(definition, cause.properties)
    const asked: RunCause = { kind: 'request', text: cause.text, properties }
    return this.#queue(newRun(definition, asked, now, exclusiveOf(definition)))
  }

  /** @throws {TransferError} `TRANSFER_MISSING`, or `TRANSFER_USED` while it is not over */
  async again(id: string, by: string): Promise<RunRow> {
    const before = await this.#options.tables.runs.get(id)
    if (!before) throw new TransferError('TRANSFER_MISSING', `There is no run ${id}.`)
    if (before.endedAt === undefined)
      throw new TransferError('TRANSFER_USED', `The run ${id} is not over yet: cancel it first, or wait.`)
    const { data: definition } = transfer.safeParse(before.definition)
    return this.#queue({
      transfer: before.transfer,
      sites: before.sites,
      cause: {
        kind: 'again',
        text: `Again by ${by}: ${before.cause.text}`,
        properties: before.cause.properties,
      },
      definition: before.definition,
      dueAt: this.#options.now(),
      ...(definition && exclusiveOf(definition)),
    })
  }

  async #queue(run: NewRun): Promise<RunRow> {
    const [row] = await this.#options.tables.runs.enqueue([run], this.#options.now())
    // Without an occurrence every run is made.
    if (!row) throw new TransferError('TRANSFER_INVALID', `The run of ${run.transfer} was not made.`)
    this.#options.onQueued([row])
    return row
  }
}

/** Two pulls of one transfer would fetch the same files. */
function exclusiveOf(definition: Transfer): { readonly exclusive?: string } {
  return definition.steps.some(step => step.do === 'pull') ? { exclusive: `transfer:${definition.name}` } : {}
}

function readTransfer({ name, document }: Document): Transfer {
  const parsed = transfer.safeParse(document)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new TransferError('TRANSFER_INVALID', `The transfer ${name} cannot be used as it is.`, problems)
}
