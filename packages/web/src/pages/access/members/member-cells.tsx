import type { MemberView } from '@portolan/console/contract'
import { Status } from '../../../components/status.tsx'
import { TimeAgo, useNow } from '../../../components/time-ago.tsx'
import { bytesText, countText, plural, rateText } from '../../../format/format.ts'
import { certificateTone, cpuText, healthOf, loadOf } from './member-words.ts'
import classes from './members.module.css'

/** When the certificate of a member ends. */
export function CertificateAge({ member }: { member: Pick<MemberView, 'kind' | 'certificate'> }) {
  const now = useNow(60_000)
  const { certificate } = member
  const tone = certificateTone(member, now)
  const text = (
    <>
      {certificate.expiresAt <= now ? 'expired' : 'expires'} <TimeAgo at={certificate.expiresAt} />
    </>
  )
  return tone ? <Status tone={tone}>{text}</Status> : text
}

/** Streams, bytes per second, processor and memory, in two lines. */
export function Load({ member }: { member: MemberView }) {
  const { streams, bytesPerSecond, cpu, residentBytes } = loadOf(member)
  if (cpu === undefined || residentBytes === undefined) return <span className="dimmed">–</span>
  // Agents do not tell of their machine.
  if (member.kind === 'agent') return plural(streams, 'stream')
  return (
    <span className={classes.load}>
      <span>
        {plural(streams, 'stream')}, {rateText(bytesPerSecond)}
      </span>
      <span className="dimmed">
        CPU {cpuText(cpu)}, {bytesText(residentBytes)}
      </span>
    </span>
  )
}

/** How many of the servers that a connector looks after answer. */
export function HealthCount({ member }: { member: MemberView }) {
  const reports = healthOf(member)
  if (reports.length === 0) return <span className="dimmed">no reports</span>
  const down = reports.filter(({ state }) => state === 'down').length
  const up = reports.filter(({ state }) => state === 'up').length
  if (down > 0) return <Status tone="bad">{countText(down)} down</Status>
  return up > 0 ? <Status tone="good">{countText(up)} up</Status> : <Status tone="idle">unknown</Status>
}

/** To which edges a member is connected. */
export function Edges({ member: { connections } }: { member: MemberView }) {
  const names = [...new Set(connections.map(({ edge }) => edge))]
  if (names.length === 0) return <span className="dimmed">none</span>
  return (
    <span title={names.join(', ')}>
      {names.length <= 2 ? names.join(', ') : plural(names.length, 'edge')}
    </span>
  )
}
