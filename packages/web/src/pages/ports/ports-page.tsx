import { PageHeader } from '../../components/page-header.tsx'

export default function PortsPage() {
  return <PageHeader title="Ports" />
}
