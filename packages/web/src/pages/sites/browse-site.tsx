import { Anchor, Button, Drawer, Group, Skeleton, Stack, Text } from '@mantine/core'
import type { SiteListing, SiteView } from '@portolan/console/contract'
import { IconArrowUp, IconFile, IconFolder, IconLink, IconQuestionMark } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { CodeText } from '../../components/code-text.tsx'
import { EmptyView } from '../../components/empty-view.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { Bytes, Time } from '../../components/time-ago.tsx'
import { plural } from '../../format/format.ts'
import classes from './browse-site.module.css'

const ICONS = { file: IconFile, folder: IconFolder, link: IconLink, other: IconQuestionMark } as const

interface BrowseSiteProps {
  readonly site: SiteView
  readonly opened: boolean
  readonly onClose: () => void
}

/** What is in the partner's folders, as this server sees them now. */
export function BrowseSite({ site, opened, onClose }: BrowseSiteProps) {
  return (
    <Drawer opened={opened} onClose={onClose} title={`Files at ${site.name}`} size="lg">
      {opened && <Folder site={site} />}
    </Drawer>
  )
}

function Folder({ site }: { site: SiteView }) {
  const [folder, setFolder] = useState('')
  const query = useQuery({
    queryKey: ['/sites', site.name, 'list', folder],
    queryFn: () => api.post<SiteListing>(`/sites/${encodeURIComponent(site.name)}/list`, { folder }),
    placeholderData: keepPreviousData,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const { data, error, isFetching, isPlaceholderData } = query
  const up = folder === '' ? undefined : folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : ''
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs">
        <Text size="md">
          {data && !isPlaceholderData ? (
            <CodeText>{data.folder || '.'}</CodeText>
          ) : (
            <CodeText>{folder || '.'}</CodeText>
          )}
        </Text>
        <Group gap="xs">
          {up !== undefined && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconArrowUp size={15} aria-hidden />}
              onClick={() => setFolder(up)}
            >
              Up
            </Button>
          )}
          <Button size="xs" variant="default" loading={isFetching} onClick={() => void query.refetch()}>
            Look again
          </Button>
        </Group>
      </Group>
      {error && <ErrorView error={error} onRetry={() => void query.refetch()} />}
      {!data && !error && <Skeleton height={180} radius="md" aria-busy="true" />}
      {data && !error && data.entries.length === 0 && <EmptyView text="The folder is empty." />}
      {data && !error && data.entries.length > 0 && (
        <ul className={classes.list} aria-label="Entries" data-stale={isPlaceholderData || undefined}>
          {data.entries.map(entry => {
            const Icon = ICONS[entry.type]
            return (
              <li key={entry.name}>
                <Icon size={17} role="img" aria-label={entry.type} />
                {entry.type === 'folder' ? (
                  <Anchor
                    component="button"
                    type="button"
                    className={classes.name}
                    onClick={() => setFolder(folder === '' ? entry.name : `${folder}/${entry.name}`)}
                  >
                    {entry.name}
                  </Anchor>
                ) : (
                  <span className={classes.name}>{entry.name}</span>
                )}
                <span className={classes.size}>
                  {entry.size !== undefined && entry.type !== 'folder' && <Bytes value={entry.size} />}
                </span>
                <span className={classes.time}>
                  {entry.modified !== undefined && <Time at={entry.modified} />}
                </span>
              </li>
            )
          })}
        </ul>
      )}
      {data && (
        <Text size="sm" c="dimmed" role="status">
          {plural(data.entries.length, 'entry', 'entries')}
          {data.complete ? '' : '; there are more than are shown'}
        </Text>
      )}
    </Stack>
  )
}
