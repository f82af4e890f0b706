import { Anchor, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ErrorView } from '../../components/error-view.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useCan } from '../../shell/me.ts'
import { tabsOf } from './sections.ts'
import { SettingsForm } from './settings-form.tsx'
import { schemaQuery, settingsQuery } from './settings-queries.ts'

/** *Setup > FTP Settings*: everything the server is set to, on one page. */
export default function FtpSettingsPage() {
  const settings = useQuery(settingsQuery)
  const schema = useQuery(schemaQuery)
  const canWrite = useCan('settings:write')
  const error = settings.data ? schema.error : (settings.error ?? schema.error)
  return (
    <>
      <PageHeader
        title="FTP Settings"
        description={
          <>
            Changes hold for new connections at once and end no session.{' '}
            {settings.data && (
              <>
                Version {settings.data.version};{' '}
                <Anchor component={Link} inherit to="/settings-history">
                  see all versions
                </Anchor>
                .
              </>
            )}
          </>
        }
      />
      {!canWrite && (
        <Notice spaced tone="info">
          <Text size="md">You may look at the settings. Changing them takes an administrator.</Text>
        </Notice>
      )}
      {settings.data?.failure !== undefined && (
        <Notice spaced tone="bad" title="This node runs on older settings" role="alert">
          <Text size="md">{settings.data.failure}</Text>
        </Notice>
      )}
      {error && (
        <ErrorView error={error} onRetry={() => void Promise.all([settings.refetch(), schema.refetch()])} />
      )}
      {settings.data && schema.data ? (
        <SettingsForm latest={settings.data} tabs={tabsOf(schema.data)} readOnly={!canWrite} />
      ) : (
        !error && (
          <Stack aria-busy="true">
            <Skeleton height={220} radius="md" />
            <Skeleton height={320} radius="md" />
          </Stack>
        )
      )}
    </>
  )
}
