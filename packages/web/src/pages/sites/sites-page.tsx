import { Anchor, Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { SiteView } from '@portolan/console/contract'
import { IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { CodeText } from '../../components/code-text.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Status } from '../../components/status.tsx'
import { usePageList } from '../../components/use-page-list.ts'
import { plural } from '../../format/format.ts'
import { useCan } from '../../shell/me.ts'
import { LastRun } from '../runs/run-state.tsx'
import { AddSite } from './add-site.tsx'
import { addressText, protocolText } from './site-form.ts'

const COLUMNS: readonly Column<SiteView>[] = [
  { key: 'name', header: 'Name', sort: 'name', priority: 1, cell: site => site.name },
  {
    key: 'state',
    header: 'State',
    cell: site =>
      site.enabled && site.warnings.length > 0 ? (
        <Status tone="warn">{plural(site.warnings.length, 'warning')}</Status>
      ) : (
        <Status tone={site.enabled ? 'good' : 'off'}>{site.enabled ? 'enabled' : 'disabled'}</Status>
      ),
  },
  { key: 'protocol', header: 'Protocol', priority: 3, cell: site => protocolText(site.protocol) },
  { key: 'host', header: 'Partner', cell: site => <CodeText>{addressText(site)}</CodeText> },
  { key: 'zone', header: 'Zone', cell: site => site.zone ?? <span className="dimmed">default</span> },
  { key: 'mode', header: 'Mode', cell: site => (site.enableActiveMode ? 'active' : 'passive') },
  {
    key: 'transfers',
    header: 'Used by',
    cell: site =>
      site.transfers.length === 0 ? (
        <span className="dimmed">nothing</span>
      ) : (
        <Anchor component={Link} to="/site-transfers" search={{ search: site.name } as never} size="sm">
          {plural(site.transfers.length, 'transfer')}
        </Anchor>
      ),
  },
  { key: 'lastRun', header: 'Last run', cell: site => <LastRun run={site.lastRun} /> },
]

/** Partners' servers that this one moves files to and from. */
export default function SitesPage() {
  const list = usePageList<SiteView>('/sites', { sort: 'name' }, 30_000)
  const can = useCan('transfers:write')
  const [adding, { open, close }] = useDisclosure(false)
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Add a site
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Transfer sites"
        description="Partners’ FTP servers that this server itself dials: how each is reached, and as whom."
        actions={add}
      />
      <FilterBar>
        <SearchInput
          label="Search sites"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Transfer sites"
        list={list}
        columns={COLUMNS}
        rowKey={site => site.name}
        href={site => `/sites/${encodeURIComponent(site.name)}`}
        empty={{
          text: 'There are no sites yet. A site says how a partner’s server is reached; a site transfer then moves files to or from it.',
          action: add,
        }}
      />
      <AddSite opened={adding} onClose={close} />
    </>
  )
}
