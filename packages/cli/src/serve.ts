import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { formatDuration, type LoadedSettings } from '@portolan/settings'
import type { Logger } from 'pino'
import type { Io } from './io.ts'
import { openLog } from './log.ts'
import { reachableAddress } from './reachable-address.ts'
import { listenerUrl, startScreen } from './screen.ts'
import { serveFile } from './serve-file.ts'
import { serveNode } from './serve-node.ts'
import { planServe, type ServeAsk, type ServePlan } from './serve-plan.ts'
import type { Serving } from './serving.ts'
import { listenToSignals, type Signals } from './signals.ts'
import { startSmall } from './small-start.ts'
import { EXIT } from './user-error.ts'

/** A stop that hangs is ended this long after the time that running transfers have, in milliseconds. */
const STOP_GRACE_MS = 10_000

/**
 * `portolan serve`: serves until SIGTERM or SIGINT. Answers the exit code.
 * @throws {UserError | SettingsError | ServerError | StoreError | NodeError} when the start fails
 */
export async function serve(ask: ServeAsk, io: Io): Promise<number> {
  using small = startSmall()
  const { hashPassword } = await import('@portolan/server')
  // From here on a signal stops in order: what a first start has made is announced, or taken back.
  using signals = listenToSignals({ cut: () => process.exit(EXIT.failed) })
  const plan = await planServe(ask, { cwd: io.cwd, hash: hashPassword })
  let started = false
  try {
    const loaded = await plan.load()
    if (plan.data !== undefined) await makeHomes(loaded, plan.data.folder)
    const log = await openLog(loaded.settings.log, io.errIsTerminal)
    using _crashes = onCrash(error => {
      log.logger.fatal({ event: 'crashed', err: error }, `the server failed and ends: ${messageOf(error)}`)
      log.flush()
      process.exit(EXIT.failed)
    })
    try {
      await using serving = plan.store
        ? await serveNode(plan, plan.store, log.logger)
        : await serveFile(plan, loaded, log.logger)
      started = true
      small[Symbol.dispose]()
      announce(serving, plan, io)
      await untilStopped(serving, signals, log.logger)
    } finally {
      log.flush()
    }
  } finally {
    if (!started) await plan.data?.undo()
  }
  return EXIT.ok
}

/** In the data folder, the homes of users that flags name are made; those of the file belong to whoever wrote it. */
async function makeHomes({ settings, origins }: LoadedSettings, folder: string): Promise<void> {
  const files = join(folder, 'files')
  const flagged = settings.users
    .filter((_, index) => origins.get(`users[${index}]`) === 'flag')
    .map(user => user.home)
  const { anonymous } = settings
  const homes = [...flagged, ...(anonymous.enabled && anonymous.home !== undefined ? [anonymous.home] : [])]
  for (const home of homes) if (home.startsWith(files)) await mkdir(home, { recursive: true })
}

function announce({ server, settings, user, links }: Serving, plan: ServePlan, io: Io): void {
  if (plan.data !== undefined) {
    const here = (path: string) => `./${relative(io.cwd, path)}`
    const lines = startScreen({
      addresses: server.addresses,
      reachable: reachableAddress(),
      user: user && { name: user.name, home: here(user.home) },
      password: plan.data.made?.password,
      config: here(plan.data.config),
      sample: ['README.md', 'package.json'].find(file => existsSync(join(io.cwd, file))),
      selfSigned: settings.tls.certificate === undefined && settings.tls.stored === undefined,
      ...links,
    })
    for (const line of lines) io.out(line)
  } else if (links.setup !== undefined) io.out(`set up the console at ${links.setup}`)
  if (links.console !== undefined) io.out(`console ${links.console}`)
  for (const address of server.addresses) io.out(`ready ${listenerUrl(address)}`)
}

/** Reloads at every SIGHUP. Resolves when somebody wanted the server to stop and it has. */
async function untilStopped(serving: Serving, signals: Signals, logger: Logger): Promise<void> {
  signals.onHangup(serving.reload)
  const signal = await signals.stop
  const { shutdown } = serving.settings.timeouts
  const text = `${signal}: stopping; running transfers have ${formatDuration(shutdown)}`
  logger.info({ event: 'stopping', signal }, text)
  setTimeout(() => process.exit(EXIT.failed), shutdown + STOP_GRACE_MS).unref()
  await serving[Symbol.asyncDispose]()
  logger.info({ event: 'stopped' }, 'stopped')
}

/** Calls `crash` for errors that nobody caught, in place of a stack trace on the screen. */
function onCrash(crash: (error: unknown) => void): Disposable {
  process.on('uncaughtException', crash)
  return { [Symbol.dispose]: () => void process.off('uncaughtException', crash) }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
