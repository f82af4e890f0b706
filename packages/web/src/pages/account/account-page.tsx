import { PageHeader } from '../../components/page-header.tsx'
import { useMe } from '../../shell/me.ts'
import { OwnSessions } from './own-sessions.tsx'
import { PasswordChange } from './password-change.tsx'
import { SecondFactor } from './second-factor.tsx'

/** What belongs to who is signed in. */
export default function AccountPage() {
  const me = useMe()
  return (
    <>
      <PageHeader title="My account" description={`${me?.name ?? ''}${me?.role ? `, ${me.role}` : ''}`} />
      <PasswordChange />
      <SecondFactor on={me?.totp ?? false} name={me?.name ?? ''} />
      <OwnSessions />
    </>
  )
}
