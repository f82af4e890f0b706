import { PageHeader } from '../../components/page-header.tsx'

export default function UserClassesPage() {
  return <PageHeader title="User classes" />
}
