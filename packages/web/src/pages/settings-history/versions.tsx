import { Button, Text } from '@mantine/core'
import type { SettingsVersion } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { CodeText } from '../../components/code-text.tsx'
import { LogTable } from '../../components/log-table.tsx'
import type { Column } from '../../components/rows.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useLogList } from '../../components/use-log-list.ts'
import { VersionDrawer } from './version-drawer.tsx'

/** Paths that are named in a row. */
const NAMED = 3

const columns: readonly Column<SettingsVersion>[] = [
  { key: 'version', header: 'Version', priority: 1, width: 115, cell: ({ version }) => `Version ${version}` },
  { key: 'at', header: 'When', width: 120, cell: ({ at }) => <TimeAgo at={at} /> },
  { key: 'by', header: 'Who', width: 140, cell: ({ by }) => by },
  {
    key: 'changed',
    header: 'Changed',
    cell: ({ changed }) => (
      <>
        <CodeText>{changed.slice(0, NAMED).join(', ')}</CodeText>
        {changed.length > NAMED && (
          <Text component="span" size="sm" c="dimmed">
            {' '}
            and {changed.length - NAMED} more
          </Text>
        )}
        {changed.length === 0 && '–'}
      </>
    ),
  },
  { key: 'comment', header: 'Comment', cell: ({ comment }) => comment ?? '–' },
]

/** Every saved change, newest first. */
export function Versions() {
  const log = useLogList<SettingsVersion>('/settings/versions', {})
  const [opened, setOpened] = useState<number>()
  return (
    <>
      <LogTable
        label="Versions of the settings"
        log={log}
        columns={columns}
        rowKey={({ version }) => String(version)}
        onOpen={({ version }) => setOpened(version)}
        empty={{
          text: 'Nothing was saved yet: the settings are those of the file and the defaults.',
          action: (
            <Button component={Link} to="/ftp-settings" variant="default">
              Open FTP Settings
            </Button>
          ),
        }}
      />
      {opened !== undefined && <VersionDrawer version={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}
