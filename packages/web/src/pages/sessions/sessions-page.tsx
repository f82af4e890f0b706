import { PageHeader } from '../../components/page-header.tsx'

export default function SessionsPage() {
  return <PageHeader title="Sessions" />
}
