import { readJson } from '../json-text.ts'
import type { AuditAsk, AuditRow } from '../store.ts'
import { numberOf, textOf } from './columns.ts'
import { given, jsonText, type LogSpec, matches, texts } from './log-spec.ts'

/** The log of what people changed. */
export const audit: LogSpec<AuditRow, AuditAsk> = {
  table: 'audit',
  columns: texts('node', 'actor', 'address', 'target', 'before', 'after', 'text'),
  write: ({ at: _at, action: _action, outcome: _outcome, before, after, ...row }) => ({
    ...row,
    before: jsonText(before),
    after: jsonText(after),
  }),
  read: (columns, [action, outcome]) => ({
    id: textOf(columns, 'row_id'),
    at: numberOf(columns, 'at'),
    node: textOf(columns, 'node'),
    actor: textOf(columns, 'actor'),
    address: textOf(columns, 'address'),
    action,
    target: textOf(columns, 'target'),
    before: readJson(textOf(columns, 'before')),
    after: readJson(textOf(columns, 'after')),
    outcome: outcome === 'done' ? 'done' : 'refused',
    text: textOf(columns, 'text'),
  }),
  kindOf: row => [row.action, row.outcome, ''],
  texts: row => [row.actor, row.action, row.target, row.text, row.address],
  filters: ({ actor, target }) => given({ actor, target }),
  kinds: ({ action }) => (action === undefined ? undefined : ([ofAction]) => matches(action, ofAction)),
}
