import { Button, Menu } from '@mantine/core'
import type { Certificate } from '@portolan/console/contract'
import { IconChevronDown, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { DataTable } from '../../components/data-table.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Status } from '../../components/status.tsx'
import { useNow } from '../../components/time-ago.tsx'
import { usePageList } from '../../components/use-page-list.ts'
import { dateText } from '../../format/format.ts'
import { useCan } from '../../shell/me.ts'
import { CertificateDrawer } from './certificate-drawer.tsx'
import { commonName, stateOf } from './certificate-state.ts'
import { MakeCertificate } from './make-certificate.tsx'
import { UploadCertificate } from './upload-certificate.tsx'

const ORIGINS = { store: 'uploaded', file: 'settings file', 'self-signed': 'self-signed' } as const

function State({ certificate }: { certificate: Certificate }) {
  const { tone, text } = stateOf(certificate, useNow(60_000))
  return <Status tone={tone}>{text}</Status>
}

const COLUMNS: readonly Column<Certificate>[] = [
  { key: 'name', header: 'Name', sort: 'name', priority: 1, width: 150, cell: one => one.name },
  {
    key: 'use',
    header: 'Use',
    cell: one => (one.inUse ? <Status tone="good">in use</Status> : <Status tone="idle">kept</Status>),
  },
  {
    key: 'subject',
    header: 'For',
    sort: 'subject',
    cell: one => one.names.join(', ') || commonName(one.subject),
  },
  { key: 'issuer', header: 'Issued by', priority: 3, cell: one => commonName(one.issuer) },
  { key: 'origin', header: 'From', priority: 3, cell: one => ORIGINS[one.origin] },
  {
    key: 'notAfter',
    header: 'Expires',
    sort: 'notAfter',
    cell: one => <time dateTime={new Date(one.notAfter).toISOString()}>{dateText(one.notAfter)}</time>,
  },
  { key: 'state', header: 'State', cell: one => <State certificate={one} /> },
]

/** Certificates for FTP under TLS. */
export default function CertificatesPage() {
  const list = usePageList<Certificate>('/certificates', { sort: 'name' })
  const can = useCan('certificates:write')
  const [open, setOpen] = useState<Certificate>()
  const [adding, setAdding] = useState<'upload' | 'make'>()
  const add = can && (
    <Menu>
      <Menu.Target>
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Add a certificate
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => setAdding('upload')}>Upload one that an authority signed</Menu.Item>
        <Menu.Item onClick={() => setAdding('make')}>Make a self-signed one</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
  const shown =
    list.query.data?.items.find(one => one.name === open?.name && one.origin === open.origin) ?? open
  return (
    <>
      <PageHeader
        title="Certificates"
        description="What the server shows to clients under TLS. Keys are encrypted at rest and never shown."
        actions={add}
      />
      <FilterBar>
        <SearchInput
          label="Search certificates"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Certificates"
        list={list}
        columns={COLUMNS}
        rowKey={one => `${one.origin} ${one.name}`}
        onOpen={setOpen}
        empty={{
          text: 'There is no certificate. Without one, the server makes a self-signed one when TLS is on.',
          action: add,
        }}
      />
      <CertificateDrawer
        certificate={open === undefined ? undefined : shown}
        may={can}
        onClose={() => setOpen(undefined)}
      />
      <UploadCertificate opened={adding === 'upload'} onClose={() => setAdding(undefined)} />
      <MakeCertificate opened={adding === 'make'} onClose={() => setAdding(undefined)} />
    </>
  )
}
