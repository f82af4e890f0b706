import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ControllerEvent, LiveEdge } from '@portolan/gateway'
import type { ServerEvent, ServerFigures } from '@portolan/server'
import type { RunState } from '@portolan/store'
import type { EngineEvent } from '@portolan/transfers'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { createServer } from '../http/node-http.ts'
import { NodeError } from '../node/node-error.ts'
import { accessFigures } from './access-figures.ts'
import { runFigures } from './run-figures.ts'

/** Seconds. Small files take milliseconds, images of disks hours. */
const TRANSFER_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800, 7200]

/** The figures of a server for Prometheus. */
export interface Metrics {
  /** Counts an event. */
  count(event: ServerEvent): void
  /** Counts an event of a run. */
  countRun(event: EngineEvent): void
  /** Counts an event of the access path. */
  countAccess(event: ControllerEvent): void
  /** All figures in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

/**
 * Makes the figures.
 * @param read - asked at every scrape
 * @param runs - how many runs there are in each state; asked at every scrape, and left out when it rejects
 * @param edges - what is connected to the controller of the access path; asked at every scrape
 */
export function createMetrics(
  read: () => Promise<ServerFigures>,
  runs?: () => Promise<Readonly<Record<RunState, number>>>,
  edges: () => readonly LiveEdge[] = () => [],
): Metrics {
  const registry = new Registry()
  const count = eventCounters(registry)
  const update = gauges(registry)
  const ofRuns = runFigures(registry)
  const ofAccess = accessFigures(registry)
  return {
    count,
    countRun: ofRuns.count,
    countAccess: ofAccess.count,
    text: async () => {
      ofAccess.update(edges())
      update(await read())
      if (runs) ofRuns.update(await runs().catch(() => undefined))
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

function eventCounters(registry: Registry): (event: ServerEvent) => void {
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `portolan_${name}`, help, labelNames, registers: [registry] })
  const sessions = counter('sessions_opened_total', 'Control connections that were accepted.', ['listener'])
  const refused = counter('connections_refused_total', 'Control connections that were refused.', [
    'listener',
    'code',
  ])
  const logins = counter('logins_total', 'Successful logins.')
  const failed = counter('login_failures_total', 'Failed logins.', ['code'])
  const bans = counter('bans_total', 'Bans for wrong passwords.')
  const noData = counter('data_connection_failures_total', 'Data connections that could not be had.', [
    'code',
  ])
  const transfers = counter('transfers_total', 'Transfers that have ended.', ['direction', 'mode', 'verdict'])
  const bytes = counter('transfer_bytes_total', 'Bytes of transfers that have ended.', ['direction'])
  const lost = counter('workers_lost_total', 'Workers that died.')
  const warnings = counter('warnings_total', 'Warnings in the log.', ['code'])
  const seconds = new Histogram({
    name: 'portolan_transfer_seconds',
    help: 'How long transfers took.',
    labelNames: ['direction'],
    buckets: TRANSFER_SECONDS,
    registers: [registry],
  })
  return event => {
    switch (event.type) {
      case 'session-opened':
        return sessions.inc({ listener: event.listener })
      case 'refused':
        return refused.inc({ listener: event.listener, code: event.code })
      case 'login':
        return logins.inc()
      case 'login-failed':
        return failed.inc({ code: event.code })
      case 'banned':
        return bans.inc()
      case 'data-failed':
        return noData.inc({ code: event.code })
      case 'transfer-ended': {
        const { direction, mode, verdict } = event
        transfers.inc({ direction, mode, verdict })
        bytes.inc({ direction }, event.bytes)
        return seconds.observe({ direction }, event.ms / 1_000)
      }
      case 'worker-lost':
        return lost.inc()
      case 'warning':
        return warnings.inc({ code: event.code })
      default:
    }
  }
}

function gauges(registry: Registry): (figures: ServerFigures) => void {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `portolan_${name}`, help, labelNames, registers: [registry] })
  const sessions = gauge('sessions', 'Sessions right now.')
  const transfers = gauge('transfers', 'Transfers right now.')
  const ports = gauge('passive_ports', 'Passive ports: listening, reserved for a client.', ['state'])
  const waiting = gauge('passive_waiting', 'Sessions that wait for a passive port.')
  const refused = gauge(
    'passive_refused',
    'PASV and EPSV for which no port was free, since the workers started.',
  )
  const strangers = gauge(
    'passive_strangers',
    'Data connections from addresses that nobody waited for, since the workers started.',
  )
  const memory = gauge('worker_resident_bytes', 'Memory of a worker.', ['worker'])
  const held = gauge(
    'worker_loop_held_seconds',
    'Longest time the event loop was held since the last reading.',
    ['worker'],
  )
  const controller = gauge('controller_resident_bytes', 'Memory of the controller.')
  return figures => {
    sessions.set(figures.sessions)
    transfers.set(figures.transfers)
    ports.set({ state: 'listening' }, figures.passive.listening)
    ports.set({ state: 'reserved' }, figures.passive.reserved)
    waiting.set(figures.passive.waiting)
    refused.set(figures.passive.refused)
    strangers.set(figures.passive.strangers)
    controller.set(process.memoryUsage.rss())
    for (const [index, worker] of figures.workers.entries()) {
      memory.set({ worker: index + 1 }, worker.residentBytes)
      held.set({ worker: index + 1 }, worker.loopHeldMs / 1_000)
    }
  }
}

/** An HTTP server for Prometheus. */
export interface MetricsServer extends AsyncDisposable {
  readonly url: string
}

/**
 * Serves figures under `/metrics`.
 * @throws {NodeError} `NODE_LISTEN` when the address cannot be had
 */
export async function serveMetrics(
  metrics: Metrics,
  at: { host: string; port: number },
): Promise<MetricsServer> {
  // Scrapes are small and rare: whoever takes longer or comes in crowds is no Prometheus.
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 60_000 },
    (request, response) => {
      answer(metrics, request, response).catch(() => response.destroy())
    },
  )
  server.maxConnections = 64
  await listen(server, at)
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port
  return {
    url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}/metrics`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there already' : error.message
      reject(
        new NodeError('NODE_LISTEN', `metrics cannot listen on ${host}:${port}: ${why}`, { cause: error }),
      )
    })
    server.listen({ host, port }, resolve)
  })
}

async function answer(
  metrics: Metrics,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (url?.split('?')[0] !== '/metrics')
    return void response.writeHead(404).end('The figures are under /metrics.\n')
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
  const text = await metrics.text().catch(() => undefined)
  if (text === undefined) return void response.writeHead(503).end('The server is stopping.\n')
  response.writeHead(200, { 'content-type': metrics.contentType }).end(text)
}
