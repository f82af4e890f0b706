import { PageHeader } from '../../components/page-header.tsx'

export default function CertificatesPage() {
  return <PageHeader title="Certificates" />
}
