import { PageHeader } from '../../components/page-header.tsx'

export default function FilesPage() {
  return <PageHeader title="Files" />
}
