import type { Status, StatusCode } from '../codes.ts'
import type { Link } from '../wire/types.ts'

/** A link that was silent for longer is passed over for new streams, in milliseconds. */
const RESPONSIVE_MS = 2_000

/** What a choice among links goes by. */
interface Choosable {
  readonly link: Pick<Link, 'silentMs' | 'draining'>
  readonly hosts: ReadonlyMap<string, number>
}

/**
 * The link for a new stream: that of the session it belongs to, then the one in use, then any other; those that answer first, and of
 * those that are silent the one that was heard last.
 * @param retired - links of a sign-in before: good only for sessions that they carry
 */
export function chooseLink<T extends Choosable>(
  links: readonly T[],
  retired: readonly T[],
  current: T | undefined,
  near: readonly string[],
  tried: ReadonlySet<T>,
): T | undefined {
  const carries = ({ hosts }: T) => near.some(host => hosts.has(host))
  const open = links.filter(link => !tried.has(link) && !link.link.draining)
  const sessions = [...open, ...retired.filter(link => !tried.has(link))].filter(carries)
  const ordered = [...sessions, ...open.filter(link => link === current), ...open]
  return (
    ordered.find(({ link }) => link.silentMs < RESPONSIVE_MS) ??
    open.toSorted((a, b) => a.link.silentMs - b.link.silentMs)[0]
  )
}

/** Refusals that are of the edge, or of what it is connected to: another one may be able. Nothing has reached the server. */
const ANOTHER: ReadonlySet<StatusCode> = new Set([
  'EDG_LOST',
  'EDG_CONTROLLER_LOST',
  'EDG_GRACE_OVER',
  'EDG_NO_CONNECTOR',
  'EDG_DRAINING',
  'EDG_BUSY',
  'CON_DRAINING',
])

export const mayTryAnother = ({ code }: Status) => ANOTHER.has(code)
