import { PolicyPage } from './policy-page.tsx'

/** Who may reach what. */
export default function AccessPage() {
  return <PolicyPage kind="access" />
}
