import { PageHeader } from '../../components/page-header.tsx'

export default function AdministratorsPage() {
  return <PageHeader title="Administrators" />
}
