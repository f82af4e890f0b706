import type { Ask } from '../http/route.ts'

/** Who calls, for the row that says who changed something. */
export function actorOf({ principal }: Pick<Ask<unknown, unknown, unknown>, 'principal'>): string {
  return principal?.actor ?? 'nobody'
}
