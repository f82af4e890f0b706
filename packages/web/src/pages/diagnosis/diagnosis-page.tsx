import { PageHeader } from '../../components/page-header.tsx'

export default function DiagnosisPage() {
  return <PageHeader title="Diagnosis" />
}
