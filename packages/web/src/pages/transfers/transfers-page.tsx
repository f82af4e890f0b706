import { PageHeader } from '../../components/page-header.tsx'

export default function TransfersPage() {
  return <PageHeader title="Transfers" />
}
