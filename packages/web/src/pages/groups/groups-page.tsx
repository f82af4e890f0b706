import { PageHeader } from '../../components/page-header.tsx'

export default function GroupsPage() {
  return <PageHeader title="Groups" />
}
