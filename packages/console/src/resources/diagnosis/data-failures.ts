import type { DataFailure, DataSuccess } from '@portolan/doctor'
import type { IncidentRow, TransferRow } from '@portolan/store'
import { isRecord } from '../users/user-view.ts'

/** A row of the log of incidents as the doctor reads it; undefined for what is no data connection. */
export function failureOf(row: IncidentRow): DataFailure | undefined {
  const isBroken = row.kind === 'transfer-ended' && row.code === 'broken'
  if (!isBroken && row.kind !== 'data-failed') return undefined
  const detail = isRecord(row.detail) ? row.detail : {}
  return {
    at: row.at,
    kind: isBroken ? 'broken' : 'none',
    code: row.code,
    text: row.text,
    user: row.user,
    address: row.address,
    command: textOf(detail.command) ?? '',
    mode: detail.mode === 'passive' || detail.mode === 'active' ? detail.mode : undefined,
    endpoint: textOf(detail.endpoint),
    because: becauseOf(detail.because),
  }
}

/** A complete transfer, for the comparison. */
export function successOf({ address, mode, local }: TransferRow): DataSuccess {
  return { address, mode, local }
}

function becauseOf(value: unknown): DataFailure['because'] {
  if (!isRecord(value)) return undefined
  const [code, text] = [textOf(value.code), textOf(value.text)]
  return code === undefined || text === undefined ? undefined : { code, text }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
