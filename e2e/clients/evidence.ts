import assert from 'node:assert/strict'
import { isIPv6 } from 'node:net'
import type { LogLine } from '../support/log.ts'
import type { Portolan } from '../support/portolan.ts'
import { DATA_COMMANDS, type Row } from './matrix.ts'

/** What must have happened for a row to count. */
export interface Expectation {
  readonly row: Row
  /** The folder of the row, from the user's `/`. */
  readonly folder: string
  /** Commands that the client says it sent. */
  readonly sent: readonly string[]
  /** How many transfers and listings were asked for. */
  readonly transfers: number
  /** Every data connection must have resumed the TLS session of its control connection. */
  readonly reused: boolean
}

/**
 * Asserts that the data connections were those of the row: by the client's own debug output, and by the events that the
 * server logged for the row's folder. A client that fell back to another mode fails here, however whole its files are.
 */
export async function assertDataConnections(server: Portolan, expected: Expectation): Promise<void> {
  const { row, sent } = expected
  assert.deepEqual(dataCommands(sent.map(verbOf)), [row.command], 'the client used its command and no other')

  const transfers = await transfersOf(server, expected)
  for (const line of transfers) assertTransfer(line, expected)

  const sessions = new Set(transfers.map(line => line.session))
  const lines = server.log.lines.filter(line => sessions.has(line.session))
  const verbs = lines.flatMap(({ event, verb }) => (event === 'command' ? [String(verb)] : []))
  assert.deepEqual(dataCommands(verbs), [row.command], 'the server got this command and no other')
  for (const line of lines) if (line.event === 'data-agreed') assertAgreement(server, line, row)
}

/** Different commands for data connections, in the order in which they came first. */
function dataCommands(verbs: readonly string[]): string[] {
  return [...new Set(verbs.filter(verb => DATA_COMMANDS.has(verb)))]
}

const verbOf = (line: string): string => line.split(' ')[0]?.toUpperCase() ?? ''

/** The ends of the row's transfers and listings. The log may lag behind the clients, so they are waited for. */
async function transfersOf(server: Portolan, { folder, transfers }: Expectation): Promise<LogLine[]> {
  const isOurs = ({ event, path }: LogLine) =>
    event === 'transfer-ended' && (path === folder || String(path).startsWith(`${folder}/`))
  let seen = 0
  await server.log.wait(line => {
    if (isOurs(line)) seen += 1
    return seen >= transfers
  })
  return server.log.lines.filter(isOurs)
}

function assertTransfer(line: LogLine, { row, reused }: Expectation): void {
  const what = `${line.command} ${line.path}`
  assert.equal(line.verdict, 'complete', `${what} is complete: ${line.msg}`)
  assert.equal(line.mode, row.mode, `${what} is ${row.mode}`)
  assert.equal(familyOf(String(line.local)), row.family, `${what} is of the family`)
  const tls = tlsOf(line)
  assert.equal(tls !== undefined, row.tls !== 'none', `${what} is under TLS if and only if the row is`)
  if (reused) assert.equal(tls?.reused, true, `${what} resumed the TLS session`)
}

function assertAgreement(server: Portolan, { mode, endpoint }: LogLine, row: Row): void {
  assert.equal(mode, row.mode)
  if (row.mode === 'active') return
  const { basePort, numberOfPorts } = server.passive
  const port = Number(/:(\d+)$/.exec(String(endpoint))?.[1])
  assert.ok(port >= basePort && port < basePort + numberOfPorts, `${endpoint} is in the passive range`)
}

/** The family of an endpoint as the log writes it: `127.0.0.1:21`, `[::1]:21`. */
function familyOf(endpoint: string): 4 | 6 {
  return isIPv6(endpoint.slice(1, endpoint.lastIndexOf(']'))) ? 6 : 4
}

function tlsOf({ tls }: LogLine): { readonly reused?: unknown } | undefined {
  return typeof tls === 'object' && tls !== null ? tls : undefined
}
