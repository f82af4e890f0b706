import { Button, Drawer, Group, Loader, Stack, Text } from '@mantine/core'
import type { SettingsPreview, SettingsVersionDetail, SettingsView } from '@portolan/console/contract'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ConfirmModal } from '../../components/confirm.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { notifyDone } from '../../components/notify.ts'
import { Time } from '../../components/time-ago.tsx'
import { useCan } from '../../shell/me.ts'
import { DifferenceTable } from '../ftp-settings/difference-table.tsx'
import { PreviewResult } from '../ftp-settings/preview-result.tsx'
import { settingsQuery } from '../ftp-settings/settings-queries.ts'

interface VersionDrawerProps {
  readonly version: number
  readonly onClose: () => void
}

/** One version: what it changed, and the way back to it. */
export function VersionDrawer({ version, onClose }: VersionDrawerProps) {
  const canWrite = useCan('settings:write')
  const [isReverting, setReverting] = useState(false)
  const settings = useQuery(settingsQuery)
  const { data, error, refetch } = useQuery({
    queryKey: ['/settings/versions', version],
    queryFn: () => api.get<SettingsVersionDetail>(`/settings/versions/${version}`),
  })
  const isNewest = settings.data?.version === version
  return (
    <Drawer opened onClose={onClose} title={`Version ${version}`} size="xl">
      <Stack gap="md">
        {error && <ErrorView error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loader size="sm" aria-label="Loading" />}
        {data && (
          <>
            <Text size="md">
              Saved by <b>{data.by}</b> on <Time at={data.at} />
              {data.comment !== undefined && <>: “{data.comment}”</>}
            </Text>
            {data.difference.length > 0 ? (
              <DifferenceTable difference={data.difference} />
            ) : (
              <Text c="dimmed">It differs in nothing from the version before.</Text>
            )}
            {isNewest && (
              <Text size="sm" c="dimmed">
                This version is in force.
              </Text>
            )}
            {canWrite && !isNewest && (
              <Group justify="flex-end">
                <Button
                  variant="default"
                  leftSection={<IconArrowBackUp size={16} aria-hidden />}
                  onClick={() => setReverting(true)}
                >
                  Go back to this version …
                </Button>
              </Group>
            )}
          </>
        )}
      </Stack>
      {isReverting && settings.data && (
        <RevertModal
          version={version}
          base={settings.data.version}
          onClose={() => setReverting(false)}
          onDone={onClose}
        />
      )}
    </Drawer>
  )
}

interface RevertModalProps {
  readonly version: number
  readonly base: number
  readonly onClose: () => void
  readonly onDone: () => void
}

/** What going back would change, before it is done. */
function RevertModal({ version, base, onClose, onDone }: RevertModalProps) {
  const client = useQueryClient()
  const preview = useQuery({
    queryKey: ['/settings/versions/preview-revert', version, base],
    queryFn: () => api.post<SettingsPreview>(`/settings/versions/${version}/preview-revert`),
    gcTime: 0,
    retry: false,
  })
  const revert = async () => {
    const view = await api.post<SettingsView>(`/settings/versions/${version}/revert`, { base })
    client.setQueryData(settingsQuery.queryKey, view)
    void client.invalidateQueries({ queryKey: ['/settings/versions'] })
    notifyDone(`The settings are as in version ${version} again, saved as version ${view.version}`)
    onDone()
  }
  return (
    <ConfirmModal
      opened
      onClose={onClose}
      title={`Go back to version ${version}?`}
      verb="Go back"
      size="xl"
      danger
      onConfirm={revert}
    >
      <Stack gap="sm">
        <Text size="md">
          The state of version {version} is saved as the newest version. Running sessions stay as they are.
        </Text>
        {preview.isPending && <Loader size="sm" aria-label="Looking at what would change" />}
        {preview.error && <ErrorView error={preview.error} />}
        {preview.data && <PreviewResult preview={preview.data} />}
      </Stack>
    </ConfirmModal>
  )
}
