import { PageHeader } from '../../components/page-header.tsx'

export default function BansPage() {
  return <PageHeader title="Bans" />
}
