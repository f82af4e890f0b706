import { PageHeader } from '../../components/page-header.tsx'

export default function FtpSettingsPage() {
  return <PageHeader title="FTP Settings" />
}
