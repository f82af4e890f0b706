import { type DataFailure, groupDataFailures } from '@portolan/doctor'
import type { IncidentRow, LogPage, TransferRow } from '@portolan/store'
import type { Diagnosis, DiagnosisGroup } from '../../contract/index.ts'
import type { Services } from '../../node/services.ts'
import { failureOf, successOf } from './data-failures.ts'

/** Failures, and transfers, that are looked at; the newest. */
const MOST = 5_000
/** Rows that are read at once. */
const SLICE = 500
/** Examples that a group shows, and users and addresses that it names. */
const EXAMPLES = 5
const NAMED = 20

/** Runs the doctor's server side over what the logs have of the last hours. */
export async function diagnoseServer(
  { store, now, inForce }: Pick<Services, 'store' | 'now' | 'inForce'>,
  hours: number,
): Promise<Diagnosis> {
  const from = Math.max(0, Math.floor(now() - hours * 3_600_000))
  const [none, broken, complete] = await Promise.all([
    readUpTo(MOST, ask => store.incidents.list({ ...ask, from, kind: 'data-failed' })),
    readUpTo(MOST, ask => store.incidents.list({ ...ask, from, kind: 'transfer-ended', code: 'broken' })),
    readUpTo(MOST, ask => store.transfers.list({ ...ask, from, verdict: 'complete' })),
  ])
  const rows = new Map<DataFailure, IncidentRow>()
  for (const row of [...none.rows, ...broken.rows]) {
    const failure = failureOf(row)
    if (failure) rows.set(failure, row)
  }
  const { passive } = inForce()
  const groups = groupDataFailures([...rows.keys()], {
    successes: complete.rows.filter(isDataConnection).map(successOf),
    passive: passive.enabled ? passive : undefined,
  })
  return {
    hours,
    examined: rows.size,
    complete: none.all && broken.all,
    transfers: complete.rows.length,
    groups: groups.map(group => viewOf(group, rows)),
  }
}

/** The Files page moves files without a data connection. */
const isDataConnection = ({ mode }: TransferRow) => mode === 'passive' || mode === 'active'

function viewOf(
  { failures, advice, ...cause }: ReturnType<typeof groupDataFailures>[number],
  rows: ReadonlyMap<DataFailure, IncidentRow>,
): DiagnosisGroup {
  const named = (of: (failure: DataFailure) => string) =>
    [...new Set(failures.map(of))].filter(text => text !== '').slice(0, NAMED)
  const times = failures.map(({ at }) => at)
  return {
    ...cause,
    advice: [...advice],
    count: failures.length,
    first: times.at(-1) ?? 0,
    last: times[0] ?? 0,
    users: named(({ user }) => user),
    addresses: named(({ address }) => address),
    examples: failures.slice(0, EXAMPLES).flatMap(failure => rows.get(failure) ?? []),
  }
}

/** Reads a log page by page; `all` tells whether that was all there is. */
async function readUpTo<Row>(
  most: number,
  list: (ask: { limit: number; before?: string }) => Promise<LogPage<Row>>,
): Promise<{ rows: Row[]; all: boolean }> {
  const rows: Row[] = []
  let before: string | undefined
  while (rows.length < most) {
    const page = await list({ limit: SLICE, ...(before !== undefined && { before }) })
    rows.push(...page.items)
    before = page.next
    if (before === undefined) return { rows, all: true }
  }
  return { rows, all: false }
}
