import { PageHeader } from '../../components/page-header.tsx'

export default function UserPage() {
  return <PageHeader title="User" />
}
