import { readJson } from '../json-text.ts'
import type { IncidentAsk, IncidentRow } from '../store.ts'
import { numberOf, textOf } from './columns.ts'
import { given, jsonText, type LogSpec, matches, texts } from './log-spec.ts'

/** The log of what went wrong. */
export const incidents: LogSpec<IncidentRow, IncidentAsk> = {
  table: 'incidents',
  columns: texts('node', 'session', 'user', 'address', 'text', 'detail'),
  write: ({ at: _at, kind: _kind, code: _code, detail, ...row }) => ({ ...row, detail: jsonText(detail) }),
  read: (columns, [kind, code]) => ({
    id: textOf(columns, 'row_id'),
    at: numberOf(columns, 'at'),
    node: textOf(columns, 'node'),
    kind,
    code,
    text: textOf(columns, 'text'),
    session: textOf(columns, 'session'),
    user: textOf(columns, 'user'),
    address: textOf(columns, 'address'),
    detail: readJson(textOf(columns, 'detail')),
  }),
  kindOf: row => [row.kind, row.code, ''],
  texts: row => [row.text, row.user, row.address, row.session, row.code],
  filters: ({ user, address }) => given({ user, address }),
  kinds: ({ kind, code }) =>
    kind === undefined && code === undefined
      ? undefined
      : ([ofKind, ofCode]) => matches(kind, ofKind) && matches(code, ofCode),
}
