import { PageHeader } from '../../components/page-header.tsx'

export default function UsersPage() {
  return <PageHeader title="Users" />
}
