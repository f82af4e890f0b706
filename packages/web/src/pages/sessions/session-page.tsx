import { PageHeader } from '../../components/page-header.tsx'

export default function SessionPage() {
  return <PageHeader title="Session" />
}
