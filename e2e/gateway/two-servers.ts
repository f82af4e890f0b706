import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AccessStreamRow } from '@portolan/store'
import { until } from '../support/within.ts'
import { SERVER } from './network.ts'
import { type LogLine, type Part, startPart } from './part.ts'
import type { AccessStand } from './stand.ts'
import { repliesOfVsftpd, type Target } from './transfer.ts'

const OWN_PORT = 2121
const OWN_LOGIN = { user: 'carla', password: 'carlas own' }

/** Both servers, side by side at one address, and what they were given. */
export interface TwoServers {
  /** vsftpd, read by the connector, and Portolan, under double encryption. */
  readonly targets: readonly Target[]
  /** Portolan. */
  readonly own: Part
}

/**
 * Starts them, and lets alice reach Portolan, too.
 * @param files - by name, put into the account's `/` of both
 */
export async function startTwoServers(
  stand: AccessStand,
  stack: AsyncDisposableStack,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<TwoServers> {
  const vsftpd = await stand.startServer('vsftpd', { logsProtocol: true })
  const home = join(stand.data, '..', 'own')
  await mkdir(home)
  for (const [name, content] of Object.entries(files)) {
    await vsftpd.give(name, content)
    await writeFile(join(home, name), content)
  }
  const login = `${OWN_LOGIN.user}:${OWN_LOGIN.password}`
  const own = stack.use(
    await startPart(
      stand.network.server,
      [
        ...['serve', home, '--user', login, '--listen', `${SERVER}:${OWN_PORT}`, '--workers', '1'],
        ...['--passive-ports', '51000:100', '--log', 'json'],
      ],
      { cwd: home },
    ),
  )
  await stand.access(
    ...['setup', '--server', `${SERVER}:${OWN_PORT}`, '--ports', '51000-51099', '--user', 'alice'],
    ...['--name', 'own', '--yes'],
  )
  const { segments } = stand.store.access
  const made = await segments.get('own')
  if (typeof made?.document !== 'object' || made.document === null) throw new Error('no segment')
  await segments.replace('own', { ...made.document, doubleEncryption: true }, { by: 'test' })
  const { protocolLog = '' } = vsftpd
  return {
    own,
    targets: [
      { ...vsftpd, replies: name => repliesOfVsftpd(protocolLog, name) },
      {
        ...{ ...OWN_LOGIN, label: 'Portolan', port: OWN_PORT, files: home },
        replies: async name => own.log().flatMap(line => replyTo(name, line)),
      },
    ],
  }
}

function replyTo(name: string, { event, path, reply }: LogLine): number[] {
  return event === 'transfer-ended' && path === `/${name}` && typeof reply === 'number' ? [reply] : []
}

/** All rows of the access log from a time on, once they are so many and all of them are over. */
export async function untilOver(
  { store }: Pick<AccessStand, 'store'>,
  from: number,
  atLeast: number,
): Promise<readonly AccessStreamRow[]> {
  let rows: readonly AccessStreamRow[] = []
  await until(
    async () => {
      rows = (await store.access.streams.list({ limit: 500, from })).items
      const open = rows.filter(({ endedAt }) => endedAt === undefined)
      return (rows.length >= atLeast && open.length === 0) || `${rows.length} rows, ${open.length} open`
    },
    { limitMs: 20_000, everyMs: 100 },
  )
  return rows
}

/** Role and code of a row, such as `data SRV_RESET`. */
export const endOf = (row: AccessStreamRow): string => `${field(row, 'Role')} ${row.code}`

/** Bytes that a row counts, both ways. */
export const bytesOf = (row: AccessStreamRow): number =>
  Number(field(row, 'ZENTotalBytesRxClient')) + Number(field(row, 'ZENTotalBytesTxClient'))

function field({ document }: AccessStreamRow, name: string): unknown {
  return typeof document === 'object' && document !== null ? Reflect.get(document, name) : undefined
}
