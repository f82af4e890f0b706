import { PolicyPage } from './policy-page.tsx'

/** What agents send through the access path. */
export default function ForwardingPage() {
  return <PolicyPage kind="forwarding" />
}
