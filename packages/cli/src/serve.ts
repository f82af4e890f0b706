import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { FtpServer, ServerEvent } from '@portolan/server'
import { formatDuration, formatProblem, type LoadedSettings, type Settings } from '@portolan/settings'
import type { Logger } from 'pino'
import type { Io } from './io.ts'
import { logEvent, openLog } from './log.ts'
import { reachableAddress } from './reachable-address.ts'
import { createReloader, type Reloader } from './reload.ts'
import { listenerUrl, startScreen } from './screen.ts'
import { DATA_FOLDER, planServe, type ServeAsk, type ServePlan } from './serve-plan.ts'
import { listenToSignals, type Signals } from './signals.ts'
import { EXIT } from './user-error.ts'

/** A stop that hangs is ended this long after the time that running transfers have, in milliseconds. */
const STOP_GRACE_MS = 10_000

/**
 * `portolan serve`: serves until SIGTERM or SIGINT. Answers the exit code.
 * @throws {UserError | SettingsError | ServerError} when the start fails
 */
export async function serve(ask: ServeAsk, io: Io): Promise<number> {
  const { FtpServer, hashPassword } = await import('@portolan/server')
  // From here on a signal stops in order: what a first start has made is announced, or taken back.
  using signals = listenToSignals({ cut: () => process.exit(EXIT.failed) })
  const plan = await planServe(ask, { cwd: io.cwd, hash: hashPassword })
  let started = false
  try {
    const loaded = await plan.load()
    if (plan.data !== undefined) await makeHomes(loaded, io.cwd)
    const log = await openLog(loaded.settings.log, io.errIsTerminal)
    using _crashes = onCrash(error => {
      log.logger.fatal({ event: 'crashed', err: error }, `the server failed and ends: ${messageOf(error)}`)
      log.flush()
      process.exit(EXIT.failed)
    })
    try {
      warn(log.logger, loaded)
      await using server = new FtpServer(loaded.settings, { processes: true })
      await using _metrics = await watch(server, loaded.settings, log.logger)
      await server.start()
      started = true
      announce(server, plan, loaded.settings, io)
      await untilStopped(
        server,
        signals,
        createReloader(server, plan, loaded.settings, log.logger),
        log.logger,
      )
    } finally {
      log.flush()
    }
  } finally {
    if (!started) await plan.data?.undo()
  }
  return EXIT.ok
}

/** In the data folder, the homes of users that flags name are made; those of the file belong to whoever wrote it. */
async function makeHomes({ settings, origins }: LoadedSettings, cwd: string): Promise<void> {
  const files = join(cwd, DATA_FOLDER, 'files')
  const flagged = settings.users
    .filter((_, index) => origins.get(`users[${index}]`) === 'flag')
    .map(user => user.home)
  const { anonymous } = settings
  const homes = [...flagged, ...(anonymous.enabled && anonymous.home !== undefined ? [anonymous.home] : [])]
  for (const home of homes) if (home.startsWith(files)) await mkdir(home, { recursive: true })
}

function warn(logger: Logger, { warnings }: LoadedSettings): void {
  for (const problem of warnings)
    logger.warn({ event: 'settings', path: problem.path }, formatProblem(problem))
}

/** Writes the log and counts figures from the events of a server. */
async function watch(server: FtpServer, { metrics: at }: Settings, logger: Logger): Promise<AsyncDisposable> {
  server.on('event', (event: ServerEvent) => {
    // The check of the settings has said it already, with the line and what to do.
    if (event.type === 'warning' && event.code === 'no-certificate') return
    logEvent(logger, event)
  })
  if (at === undefined) return { [Symbol.asyncDispose]: async () => {} }
  const { createMetrics, serveMetrics } = await import('@portolan/console')
  const metrics = createMetrics(() => server.figures())
  server.on('event', metrics.count)
  const http = await serveMetrics(metrics, at)
  logger.info({ event: 'metrics', url: http.url }, `figures for Prometheus at ${http.url}`)
  return http
}

function announce(server: FtpServer, plan: ServePlan, settings: Settings, io: Io): void {
  if (plan.data !== undefined) {
    const user = settings.users.find(one => one.enabled && one.password !== undefined)
    const here = (path: string) => `./${relative(io.cwd, path)}`
    const lines = startScreen({
      addresses: server.addresses,
      reachable: reachableAddress(),
      user: user && { name: user.name, home: here(user.home) },
      password: plan.data.made?.password,
      config: here(plan.data.config),
      sample: ['README.md', 'package.json'].find(file => existsSync(join(io.cwd, file))),
      selfSigned: settings.tls.certificate === undefined,
    })
    for (const line of lines) io.out(line)
  }
  for (const address of server.addresses) io.out(`ready ${listenerUrl(address)}`)
}

/** Reloads at every SIGHUP. Resolves when somebody wanted the server to stop and it has. */
async function untilStopped(
  server: FtpServer,
  signals: Signals,
  reloader: Reloader,
  logger: Logger,
): Promise<void> {
  signals.onHangup(reloader.reload)
  const signal = await signals.stop
  const { shutdown } = reloader.settings.timeouts
  const text = `${signal}: stopping; running transfers have ${formatDuration(shutdown)}`
  logger.info({ event: 'stopping', signal }, text)
  setTimeout(() => process.exit(EXIT.failed), shutdown + STOP_GRACE_MS).unref()
  await server.close()
  logger.info({ event: 'stopped' }, 'stopped')
}

/** Calls `crash` for errors that nobody caught, in place of a stack trace on the screen. */
function onCrash(crash: (error: unknown) => void): Disposable {
  process.on('uncaughtException', crash)
  return { [Symbol.dispose]: () => void process.off('uncaughtException', crash) }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
