import { type Segment, type StreamReport, segment } from '@portolan/gateway'
import type { AccessStreamRow, MemberRow, Store } from '@portolan/store'
import type { AccessListFlags } from './access-commands.ts'
import { formatBytes } from './client/amounts.ts'
import { printable } from './client/printable.ts'
import type { Io } from './io.ts'
import { openNodeStore } from './transfers-store.ts'
import { timeText } from './transfers-text.ts'
import { EXIT, UserError } from './user-error.ts'

/** Most rows of one listing. */
const MOST = 500

type List = (store: Store, flags: AccessListFlags & { readonly most: number }, io: Io) => Promise<number>

/** `portolan access list segments|members|streams`. */
export async function listAccess(what: string, flags: AccessListFlags, io: Io): Promise<number> {
  const list = LISTS[what]
  if (!Object.hasOwn(LISTS, what) || !list)
    throw new UserError(`${what} cannot be listed: use one of ${Object.keys(LISTS).join(', ')}`)
  const most = Number(flags.limit ?? 50)
  if (!Number.isInteger(most) || most < 1 || most > MOST)
    throw new UserError(`--limit ${flags.limit} is not allowed: use 1 to ${MOST}`)
  await using store = await openNodeStore(flags, io)
  const count = await list(store, { ...flags, most }, io)
  if (count === 0 && !flags.json) io.err(`There are no ${what}.`)
  return EXIT.ok
}

const listSegments: List = async (store, { json, most, user }, io) => {
  if (user !== undefined) throw new UserError('--user is for members and streams: ask with access why')
  const { items, total } = await store.access.segments.list({ offset: 0, limit: most })
  for (const { name, document } of items) {
    const { data } = segment.safeParse(document)
    if (json) io.out(JSON.stringify(data ?? { name, document }))
    else io.out(data ? segmentLine(data) : `${printable(name)}  cannot be read by this version`)
  }
  if (total > items.length && !json) io.err(`There are ${total - items.length} more: see --limit.`)
  return items.length
}

function segmentLine({ name, enabled, applications, ports, inspection, bypass }: Segment): string {
  const shown = applications.slice(0, 3).join(', ') + (applications.length > 3 ? ', ...' : '')
  const ranges = ports.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
  const parts = [
    printable(name),
    `${printable(shown)} port ${ranges}`,
    ...(inspection === 'ftp' ? ['FTP is read'] : []),
    ...(bypass === 'use-client-forwarding-policy' ? [] : [`bypass ${bypass}`]),
    ...(enabled ? [] : ['disabled']),
  ]
  return parts.join('  ')
}

const listMembers: List = async (store, { json, most, user }, io) => {
  const ask = { offset: 0, limit: most, ...(user !== undefined && { user }) }
  const { items, total } = await store.access.members.list(ask)
  for (const member of items) io.out(json ? memberJson(member) : memberLine(member, Date.now()))
  if (total > items.length && !json) io.err(`There are ${total - items.length} more: see --limit.`)
  return items.length
}

function memberJson({ document: _document, ...member }: MemberRow): string {
  return JSON.stringify(member)
}

function memberLine(member: MemberRow, now: number): string {
  const { id, kind, name, user, expiresAt, lastSeenAt } = member
  const state = stateOf(member, now)
  const parts = [
    id,
    kind.padEnd(9),
    printable(user === '' ? name : `${name} of ${user}`),
    state,
    ...(state === 'valid' ? [`certificate until ${timeText(expiresAt)}`] : []),
    lastSeenAt === undefined ? 'never seen' : `seen ${timeText(lastSeenAt)}`,
  ]
  return parts.join('  ')
}

function stateOf({ revokedAt, enabled, expiresAt }: MemberRow, now: number): string {
  if (revokedAt !== undefined) return 'revoked'
  if (!enabled) return 'disabled'
  return expiresAt <= now ? 'expired' : 'valid'
}

const listStreams: List = async (store, { json, most, user }, io) => {
  const { items } = await store.access.streams.list({ limit: most, ...(user !== undefined && { user }) })
  for (const row of items) io.out(json ? JSON.stringify(row.document) : streamLine(row))
  return items.length
}

function streamLine(row: AccessStreamRow): string {
  const { startedAt, connection, user, server, segment: of, status, code } = row
  const { ZENTotalBytesRxClient: sent = 0, ZENTotalBytesTxClient: received = 0 } = bytesOf(row)
  const parts = [
    timeText(startedAt),
    connection,
    printable(user),
    printable(server),
    ...(of === '' ? [] : [printable(of)]),
    status,
    ...(code === '' ? [] : [code]),
    ...(status === 'refused' ? [] : [`${formatBytes(sent)} sent, ${formatBytes(received)} received`]),
  ]
  return parts.join('  ')
}

type Bytes = Partial<Record<'ZENTotalBytesRxClient' | 'ZENTotalBytesTxClient', number>>

function bytesOf({ document }: AccessStreamRow): Bytes {
  if (typeof document !== 'object' || document === null) return {}
  const bytes: Bytes = {}
  for (const key of ['ZENTotalBytesRxClient', 'ZENTotalBytesTxClient'] satisfies (keyof StreamReport)[]) {
    const value: unknown = Object.entries(document).find(([name]) => name === key)?.[1]
    if (typeof value === 'number') bytes[key] = value
  }
  return bytes
}

const LISTS: Readonly<Record<string, List>> = {
  segments: listSegments,
  members: listMembers,
  streams: listStreams,
}
