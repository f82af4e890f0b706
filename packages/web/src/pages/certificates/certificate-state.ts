import type { Certificate } from '@portolan/console/contract'
import type { Tone } from '../../components/status.tsx'
import { agoText } from '../../format/format.ts'

const DAY_MS = 86_400_000
/** As certbot renews: with less than a third of three months left, somebody should look. */
const SOON_MS = 30 * DAY_MS

/** Whether a certificate can be shown to clients today, in few words. */
export function stateOf(
  { notBefore, notAfter, problems }: Pick<Certificate, 'notBefore' | 'notAfter' | 'problems'>,
  now: number,
): { readonly tone: Tone; readonly text: string } {
  if (notAfter <= now) return { tone: 'bad', text: `expired ${agoText(notAfter, now)}` }
  if (notBefore > now) return { tone: 'warn', text: `valid ${agoText(notBefore, now)}` }
  if (notAfter - now < SOON_MS) return { tone: 'warn', text: `expires ${agoText(notAfter, now)}` }
  if (problems.length > 0) return { tone: 'warn', text: 'has a problem' }
  return { tone: 'good', text: `valid, ${Math.floor((notAfter - now) / DAY_MS)} d left` }
}

/** A name of a distinguished name that says most: its CN, else all of it. */
export function commonName(subject: string): string {
  return /(?:^|[,\n/])\s*CN\s*=\s*([^,\n/]+)/.exec(subject)?.[1]?.trim() ?? subject
}
