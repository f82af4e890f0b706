import type { TransferAsk, TransferRow } from '../store.ts'
import { numberOf, textOf } from './columns.ts'
import { given, integers, type LogSpec, matches, texts } from './log-spec.ts'

/** The log of transfers. */
export const transfers: LogSpec<TransferRow, TransferAsk> = {
  table: 'transfers',
  columns: [
    ...texts(
      'node',
      'session',
      'user',
      'address',
      'command',
      'path',
      'local',
      'remote',
      'because',
      'tls',
      'text',
    ),
    ...integers('bytes', 'ms', 'reply'),
  ],
  write: ({ at: _at, direction: _direction, mode: _mode, verdict: _verdict, ...row }) => row,
  read: (columns, [direction, mode, verdict]) => ({
    id: textOf(columns, 'row_id'),
    at: numberOf(columns, 'at'),
    node: textOf(columns, 'node'),
    session: textOf(columns, 'session'),
    user: textOf(columns, 'user'),
    address: textOf(columns, 'address'),
    command: textOf(columns, 'command'),
    path: textOf(columns, 'path'),
    direction: direction === 'download' || direction === 'upload' ? direction : 'listing',
    mode,
    local: textOf(columns, 'local'),
    remote: textOf(columns, 'remote'),
    because: textOf(columns, 'because'),
    tls: textOf(columns, 'tls'),
    bytes: numberOf(columns, 'bytes'),
    ms: numberOf(columns, 'ms'),
    verdict,
    reply: numberOf(columns, 'reply'),
    text: textOf(columns, 'text'),
  }),
  kindOf: row => [row.direction, row.mode, row.verdict],
  texts: row => [row.path, row.user, row.address, row.session, row.text],
  filters: ({ user }) => given({ user }),
  kinds({ direction, mode, verdict, listings }) {
    if (direction === undefined && mode === undefined && verdict === undefined && listings !== false) {
      return undefined
    }
    return ([ofDirection, ofMode, ofVerdict]) =>
      matches(direction, ofDirection) &&
      matches(mode, ofMode) &&
      matches(verdict, ofVerdict) &&
      (listings !== false || ofDirection !== 'listing')
  },
}
