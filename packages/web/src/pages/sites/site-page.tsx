import { Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { SiteView } from '@portolan/console/contract'
import { IconFolderOpen } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { CodeText } from '../../components/code-text.tsx'
import { ConfirmButton } from '../../components/confirm.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Enabled } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { useCan } from '../../shell/me.ts'
import { LastRun } from '../runs/run-state.tsx'
import { BrowseSite } from './browse-site.tsx'
import { SiteEditor } from './site-editor.tsx'
import { addressText, protocolText } from './site-form.ts'

/** One transfer site: all that can be set, whether it works, and what is in its folder. */
export default function SitePage() {
  const { name = '' }: { name?: string } = useParams({ strict: false })
  const path = `/sites/${encodeURIComponent(name)}`
  const query = useQuery({ queryKey: ['/sites', name], queryFn: () => api.get<SiteView>(path) })
  const back = (
    <Anchor component={Link} to="/sites" size="sm">
      ← Transfer sites
    </Anchor>
  )
  const site = query.data
  if (!site) {
    return (
      <>
        <PageHeader title={name} above={back} />
        {query.error ? (
          <ErrorView error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Stack>
            <Skeleton height={160} radius="md" />
            <Skeleton height={240} radius="md" />
          </Stack>
        )}
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={site.name}
        above={back}
        description={<Summary site={site} />}
        actions={<Actions site={site} path={path} />}
      />
      <SiteEditor key={site.name} site={site} path={path} />
    </>
  )
}

function Summary({ site }: { site: SiteView }) {
  return (
    <Group gap="sm" mt={4}>
      <Enabled enabled={site.enabled} />
      <Text size="sm" component="span">
        {protocolText(site.protocol)} at <CodeText>{addressText(site)}</CodeText>
      </Text>
      <Text size="sm" component="span">
        Last run <LastRun run={site.lastRun} />
      </Text>
      <Text size="sm" component="span">
        Changed <TimeAgo at={site.changedAt} /> by {site.changedBy}
      </Text>
    </Group>
  )
}

function Actions({ site, path }: { site: SiteView; path: string }) {
  const navigate = useNavigate()
  const mayChange = useCan('transfers:write')
  const mayRun = useCan('transfers:run')
  const [browsing, { open, close }] = useDisclosure(false)
  const remove = useChange({
    run: () => api.delete(path),
    done: `${site.name} is deleted`,
    renews: ['/sites', '/zones'],
    errors: 'self',
    onDone: () => void navigate({ to: '/sites' }),
  })
  return (
    <>
      {mayRun && (
        <Button variant="default" leftSection={<IconFolderOpen size={16} aria-hidden />} onClick={open}>
          Browse
        </Button>
      )}
      {mayChange && (
        <ConfirmButton
          title={`Delete ${site.name}?`}
          verb="Delete"
          danger
          onConfirm={() => remove.mutateAsync()}
          button={ask => (
            <Button variant="outline" color="red" onClick={ask}>
              Delete
            </Button>
          )}
        >
          {site.transfers.length === 0
            ? 'Its password and key are gone for good. Runs that there were stay in the list of runs.'
            : `It is used by ${site.transfers.join(', ')}: it is deleted only when no transfer uses it.`}
        </ConfirmButton>
      )}
      <BrowseSite site={site} opened={browsing} onClose={close} />
    </>
  )
}
