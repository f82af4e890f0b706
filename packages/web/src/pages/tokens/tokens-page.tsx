import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Token } from '@portolan/console/contract'
import { IconPlus } from '@tabler/icons-react'
import { api } from '../../api/client.ts'
import { ConfirmButton } from '../../components/confirm.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Status } from '../../components/status.tsx'
import { TimeAgo, useNow } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { usePageList } from '../../components/use-page-list.ts'
import { TokenModal } from './token-modal.tsx'

const COLUMNS: readonly Column<Token>[] = [
  { key: 'name', header: 'Name', sort: 'name', priority: 1, cell: token => token.name },
  { key: 'scopes', header: 'May', cell: token => token.scopes.join(', ') },
  { key: 'by', header: 'Made by', priority: 3, cell: token => token.createdBy },
  {
    key: 'made',
    header: 'Made',
    sort: 'createdAt',
    priority: 3,
    cell: token => <TimeAgo at={token.createdAt} />,
  },
  { key: 'used', header: 'Last used', sort: 'lastUsedAt', cell: token => <TimeAgo at={token.lastUsedAt} /> },
  { key: 'ends', header: 'Ends', sort: 'expiresAt', cell: token => <Ends at={token.expiresAt} /> },
]

function Ends({ at }: { at: number | undefined }) {
  const now = useNow(60_000)
  if (at !== undefined && at <= now) return <Status tone="off">ended</Status>
  return <TimeAgo at={at} absent="when it is revoked" />
}

/** Tokens with which programs use the API. */
export default function TokensPage() {
  const list = usePageList<Token>('/tokens', { sort: 'name' })
  const [making, { open, close }] = useDisclosure(false)
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Make a token
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Tokens"
        description="With which programs use the API, each with its own rights."
        actions={add}
      />
      <FilterBar>
        <SearchInput
          label="Search tokens"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Tokens"
        list={list}
        columns={COLUMNS}
        rowKey={token => token.id}
        actions={token => <Revoke token={token} />}
        empty={{
          text: 'There are no tokens. A program that watches or changes this node needs one.',
          action: add,
        }}
      />
      <TokenModal opened={making} onClose={close} />
    </>
  )
}

function Revoke({ token }: { token: Token }) {
  const revoke = useChange({
    run: () => api.delete(`/tokens/${encodeURIComponent(token.id)}`),
    done: `The token ${token.name} is revoked`,
    renews: ['/tokens'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Revoke the token ${token.name}?`}
      verb="Revoke"
      danger
      onConfirm={() => revoke.mutateAsync()}
      button={ask => (
        <Button size="xs" variant="default" onClick={ask} aria-label={`Revoke ${token.name}`}>
          Revoke
        </Button>
      )}
    >
      Whatever uses it is refused from the next request on.
    </ConfirmButton>
  )
}
