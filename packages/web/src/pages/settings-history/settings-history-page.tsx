import { PageHeader } from '../../components/page-header.tsx'

export default function SettingsHistoryPage() {
  return <PageHeader title="Settings history" />
}
