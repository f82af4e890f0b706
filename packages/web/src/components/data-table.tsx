import { Group, Pagination, Select, Text } from '@mantine/core'
import { countText } from '../format/format.ts'
import { EmptyView } from './empty-view.tsx'
import { ErrorView } from './error-view.tsx'
import { sortBy } from './list-state.ts'
import { type Column, type Opening, Rows, useIsNarrow } from './rows.tsx'
import type { PageList } from './use-page-list.ts'

interface DataTableProps<T> extends Opening<T> {
  /** What the table shows, for those who cannot see it. */
  readonly label: string
  readonly list: PageList<T>
  readonly columns: readonly Column<T>[]
  readonly rowKey: (row: T) => string
  /** What stands there when there is nothing at all: a sentence, and what to do. */
  readonly empty: { readonly text: string; readonly action?: React.ReactNode }
}

/** A list that the server pages, sorts and searches. */
export function DataTable<T>({ list, empty, columns, ...rest }: DataTableProps<T>) {
  const { query, state, change } = list
  const narrow = useIsNarrow()
  if (query.error && !query.data)
    return <ErrorView error={query.error} onRetry={() => void query.refetch()} />
  if (query.data?.total === 0) {
    const searched = state.search !== '' || Object.values(state.filters).some(value => value !== '')
    return (
      <EmptyView
        text={state.search ? `Nothing is found for “${state.search}”.` : empty.text}
        action={searched && state.search ? undefined : empty.action}
      />
    )
  }
  const total = query.data?.total ?? 0
  const pages = Math.max(1, Math.ceil(total / state.size))
  const first = (state.page - 1) * state.size + 1
  const last = Math.min(total, first + (query.data?.items.length ?? 0) - 1)
  return (
    <>
      <Rows
        {...rest}
        columns={columns}
        rows={query.data?.items}
        stale={query.isPlaceholderData}
        sort={{
          by: state.sort,
          order: state.order,
          onSort: by => change(sortBy(state, by)),
        }}
      />
      <Group justify="space-between" mt="sm" gap="sm" mih={34}>
        <Text size="sm" c="dimmed" role="status" className="tabular">
          {query.data ? `${countText(first)}–${countText(last)} of ${countText(total)}` : 'Loading …'}
        </Text>
        {query.data && (
          <Group gap="sm">
            {!narrow && (
              <Select
                aria-label="Rows per page"
                size="xs"
                w={110}
                allowDeselect={false}
                data={['25', '50', '100', '200'].map(value => ({ value, label: `${value} rows` }))}
                value={String(state.size)}
                onChange={value => change({ size: Number(value ?? 50) })}
              />
            )}
            <Pagination
              size="sm"
              total={pages}
              value={state.page}
              onChange={page => change({ page })}
              siblings={narrow ? 0 : 1}
              boundaries={1}
              getControlProps={control => ({ 'aria-label': `${control} page` })}
              getItemProps={page => ({ 'aria-label': `Page ${page}` })}
            />
          </Group>
        )}
      </Group>
    </>
  )
}
