import { Tabs } from '@mantine/core'
import { useSearch } from '@tanstack/react-router'
import { PageHeader } from '../../components/page-header.tsx'
import { EffectiveSettings } from './effective-settings.tsx'
import { Versions } from './versions.tsx'

/** Parts of the page's address that only the list of effective settings writes. */
const OF_THE_LIST = ['search', 'page', 'size', 'sort', 'order']

/** Who changed what when, and what is in force now. */
export default function SettingsHistoryPage() {
  const search: Readonly<Record<string, string | undefined>> = useSearch({ strict: false })
  const opens = OF_THE_LIST.some(name => search[name] !== undefined) ? 'effective' : 'versions'
  return (
    <>
      <PageHeader
        title="Settings history"
        description="Every saved change of the settings, who made it and why; and each setting in force with where it comes from."
      />
      <Tabs defaultValue={opens} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
          <Tabs.Tab value="effective">Effective settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="versions">
          <Versions />
        </Tabs.Panel>
        <Tabs.Panel value="effective">
          <EffectiveSettings />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
