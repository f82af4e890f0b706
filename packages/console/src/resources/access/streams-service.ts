import type { AccessStreamAsk, AccessStreamRow } from '@portolan/store'
import type { z } from 'zod'
import {
  type AccessSession,
  type AccessStream,
  accessStream,
  type accessStreamsQuery,
} from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { sessionTimeline } from './session-timeline.ts'

/** Streams of one session that are shown at most. */
const MOST_OF_SESSION = 2_000
const PAGE = 500

/** The log of streams: as the store has it, and of open ones what their edge has told since. */
export class StreamsService {
  readonly #services: Pick<Services, 'store' | 'access'>

  constructor(services: Pick<Services, 'store' | 'access'>) {
    this.#services = services
  }

  async list(query: z.output<typeof accessStreamsQuery>): Promise<{ items: AccessStream[]; next?: string }> {
    const { items, next } = await this.#streams.list(definedOf(query))
    const live = this.#live()
    return { items: items.map(row => viewOfStream(row, live)), ...(next !== undefined && { next }) }
  }

  /** Those that are open at an edge of this node, the newest first. */
  open(): AccessStream[] {
    return [...this.#live().values()].sort((a, b) => b.TimestampConnectionStart - a.TimestampConnectionStart)
  }

  /** @throws {Problem} 404 `SESSION_MISSING` */
  async session(session: string): Promise<AccessSession> {
    const rows: AccessStreamRow[] = []
    let before: string | undefined
    do {
      const page = await this.#streams.list({ session, limit: PAGE, ...(before !== undefined && { before }) })
      rows.push(...page.items)
      before = page.next
    } while (before !== undefined && rows.length < MOST_OF_SESSION)
    const live = this.#live()
    const streams = new Map(rows.map(row => [row.connection, viewOfStream(row, live)]))
    for (const stream of live.values()) {
      if (stream.SessionID === session) streams.set(stream.ConnectionID, stream)
    }
    const timeline = sessionTimeline(session, [...streams.values()])
    if (timeline) return timeline
    throw new Problem(
      404,
      'SESSION_MISSING',
      `there is no session ${session}; its rows may be too old to be kept`,
    )
  }

  get #streams() {
    return this.#services.store.access.streams
  }

  #live(): ReadonlyMap<string, AccessStream> {
    const open = this.#services.access.running?.streams() ?? []
    return new Map(open.map(stream => [stream.ConnectionID, stream]))
  }
}

function viewOfStream(row: AccessStreamRow, live: ReadonlyMap<string, AccessStream>): AccessStream {
  const isOpen = row.status === 'open' || row.status === 'active'
  const known = isOpen ? live.get(row.connection) : undefined
  return known ?? accessStream.safeParse(row.document).data ?? fromColumns(row)
}

/** What can be told of a row whose document another version wrote. */
function fromColumns(row: AccessStreamRow): AccessStream {
  const port = Number(/:(\d+)$/.exec(row.server)?.[1] ?? 0)
  return {
    SessionID: row.session,
    ConnectionID: row.connection,
    ConnectionStatus: row.status,
    InternalReason: row.code,
    Text: '',
    Role: 'other',
    DoubleEncryption: false,
    Username: row.user,
    Device: '',
    Host: row.server.replace(/:\d+$/, ''),
    ServicePort: port,
    ClientPublicIP: '',
    ClientPrivateIP: '',
    ClientZEN: row.edge,
    Policy: '',
    Application: row.segment,
    AppGroup: '',
    Connector: row.connector,
    ConnectorIP: '',
    ConnectorPort: 0,
    ServerIP: '',
    ServerPort: port,
    PolicyProcessingTime: 0,
    ConnectorZENSetupTime: 0,
    ConnectionSetupTime: 0,
    ServerSetupTime: 0,
    TimestampConnectionStart: row.startedAt,
    TimestampConnectionEnd: row.endedAt ?? 0,
    TimestampZENFirstRxClient: 0,
    TimestampZENLastRxClient: 0,
    TimestampZENFirstTxClient: 0,
    TimestampZENLastTxClient: 0,
    ZENTotalBytesRxClient: 0,
    ZENTotalBytesTxClient: 0,
    Events: [],
  }
}

/** A query without what was not asked for. */
function definedOf({ limit, ...query }: z.output<typeof accessStreamsQuery>): AccessStreamAsk {
  const { before, from, to, user, session, segment, connector, code, status } = query
  return {
    limit,
    ...(before !== undefined && { before }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(user !== undefined && { user }),
    ...(session !== undefined && { session }),
    ...(segment !== undefined && { segment }),
    ...(connector !== undefined && { connector }),
    ...(code !== undefined && { code }),
    ...(status !== undefined && { status }),
  }
}
