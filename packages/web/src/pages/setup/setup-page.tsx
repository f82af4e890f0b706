import { PageHeader } from '../../components/page-header.tsx'

export default function SetupPage() {
  return <PageHeader title="Set up" />
}
