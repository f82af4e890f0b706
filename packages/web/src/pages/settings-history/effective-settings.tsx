import { Anchor, Text } from '@mantine/core'
import type { ExplainedSetting } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { CodeText } from '../../components/code-text.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { usePageList } from '../../components/use-page-list.ts'
import { OriginBadge } from '../ftp-settings/origin-badge.tsx'

const columns: readonly Column<ExplainedSetting>[] = [
  {
    key: 'path',
    header: 'Setting',
    sort: 'path',
    priority: 1,
    width: '26%',
    cell: ({ path }) => (
      <Anchor component={Link} inherit to={`/ftp-settings?field=${encodeURIComponent(path)}`}>
        <CodeText>{path}</CodeText>
      </Anchor>
    ),
  },
  { key: 'value', header: 'Value', width: '20%', cell: ({ value }) => <CodeText>{value}</CodeText> },
  {
    key: 'origin',
    header: 'Origin',
    sort: 'origin',
    width: 90,
    cell: ({ origin }) => <OriginBadge origin={origin} />,
  },
  {
    key: 'description',
    header: 'What it is for',
    priority: 3,
    cell: ({ description }) => (
      <Text component="span" size="sm" c="dimmed">
        {description}
      </Text>
    ),
  },
]

/** Each setting in force with its value, where it comes from and what it is for. */
export function EffectiveSettings() {
  const list = usePageList<ExplainedSetting>('/settings/explain', { sort: 'schema', size: 100 })
  return (
    <>
      <FilterBar>
        <SearchInput
          label="Search path, value, description"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Effective settings"
        list={list}
        columns={columns}
        rowKey={({ path }) => path}
        empty={{ text: 'There are no settings.' }}
      />
    </>
  )
}
