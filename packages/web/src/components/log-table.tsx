import { Button, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { plural } from '../format/format.ts'
import { EmptyView } from './empty-view.tsx'
import { ErrorView } from './error-view.tsx'
import { type Column, type Opening, Rows } from './rows.tsx'
import type { LogList } from './use-log-list.ts'

interface LogTableProps<T> extends Opening<T> {
  /** What the table shows, for those who cannot see it. */
  readonly label: string
  readonly log: LogList<T>
  readonly columns: readonly Column<T>[]
  readonly rowKey: (row: T) => string
  /** Rows that came since the page was loaded, newest first; shown above. */
  readonly live?: readonly T[]
  readonly empty: { readonly text: string; readonly action?: ReactNode }
}

/** A log, newest first, that is read backwards. */
export function LogTable<T>({ log, live = [], empty, rowKey, ...rest }: LogTableProps<T>) {
  if (log.error && !log.rows) return <ErrorView error={log.error} onRetry={log.refresh} />
  const known = new Set(log.rows?.map(rowKey))
  const rows = log.rows && [...live.filter(row => !known.has(rowKey(row))), ...log.rows]
  if (rows?.length === 0) return <EmptyView text={empty.text} action={empty.action} />
  return (
    <>
      <Rows {...rest} rows={rows} rowKey={rowKey} stale={log.stale} />
      <Group justify="space-between" mt="sm" mih={34}>
        <Text size="sm" c="dimmed" role="status">
          {rows
            ? `${plural(rows.length, 'row')}, newest first${log.more ? '' : '; there is nothing older'}`
            : 'Loading …'}
        </Text>
        {log.more && (
          <Button variant="default" size="xs" loading={log.fetching} onClick={log.older}>
            Show older
          </Button>
        )}
      </Group>
    </>
  )
}
