import { PageHeader } from '../../components/page-header.tsx'

export default function IncidentsPage() {
  return <PageHeader title="Incidents" />
}
