import type { AgentEvent, ConnectorEvent, EdgeEvent } from '@portolan/gateway'
import type { Logger } from 'pino'
import type { ClientIo } from './client/client-io.ts'
import type { PartFlags } from './gateway-commands.ts'
import { logPartEvent } from './gateway-log.ts'
import { openLog } from './log.ts'
import { listenToSignals } from './signals.ts'
import { startSmall } from './small-start.ts'
import { EXIT } from './user-error.ts'

/** What is open has so long to end after a signal, in milliseconds. */
const DRAIN_MS = 10_000
/** A stop that hangs is ended so long after that, in milliseconds. */
const STOP_GRACE_MS = 5_000

/** A part that runs. */
interface Part extends AsyncDisposable {
  drain(signal: AbortSignal): Promise<void>
}

/** How a part is run. */
export interface PartPlan<P extends Part, Event> {
  readonly flags: PartFlags
  readonly io: ClientIo
  start(onEvent: (event: Event) => void): Promise<P>
  /** Says who it is, where it listens, and what to do next. */
  announce(part: P): Promise<void> | void
  /** Resolves with an error when it cannot go on. */
  ended?(part: P): Promise<Error>
}

/**
 * Runs a part until SIGTERM or SIGINT: the first lets what is open end within ten seconds, the second does not wait.
 * @throws what its start throws
 */
export async function runPart<P extends Part, Event extends EdgeEvent | ConnectorEvent | AgentEvent>(
  plan: PartPlan<P, Event>,
): Promise<number> {
  const { flags, io } = plan
  using small = startSmall()
  using signals = listenToSignals({ cut: () => process.exit(EXIT.failed) })
  const level = flags.verbose === true ? 'debug' : 'info'
  const { logger, flush } = await openLog({ format: flags.log ?? 'auto', level }, io.errIsTerminal)
  try {
    const starting = plan.start(event => logPartEvent(logger, event))
    const part = await Promise.race([starting, signals.stop])
    if (typeof part === 'string') {
      // Nothing runs yet: what is half done there, such as an enrolment, is as good as never begun.
      starting.catch(() => {})
      return EXIT.ok
    }
    await using running = part
    await plan.announce(running)
    small[Symbol.dispose]()
    const end = await Promise.race([signals.stop, ...(plan.ended ? [plan.ended(running)] : [])])
    if (end instanceof Error) throw end
    await drain(running, end, logger)
  } finally {
    flush()
  }
  return EXIT.ok
}

async function drain(part: Part, signal: NodeJS.Signals, logger: Logger): Promise<void> {
  const seconds = DRAIN_MS / 1_000
  logger.info({ event: 'stopping', signal }, `${signal}: stopping; what is open has ${seconds} seconds`)
  setTimeout(() => process.exit(EXIT.failed), DRAIN_MS + STOP_GRACE_MS).unref()
  await part.drain(AbortSignal.timeout(DRAIN_MS))
  await part[Symbol.asyncDispose]()
  logger.info({ event: 'stopped' }, 'stopped')
}
