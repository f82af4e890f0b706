import type { ControllerLink } from '../link.ts'

/** A link of which a test gives the part that is asked; the rest answers that nobody should have asked. */
export function testLink(part: Partial<ControllerLink>): ControllerLink {
  const no = (): never => {
    throw new Error('the test has no answer to this')
  }
  return {
    admit: no,
    adopted: no,
    released: no,
    needsTls: no,
    login: no,
    loggedOut: no,
    reserveQuota: no,
    settleQuota: no,
    quotaLeft: no,
    takeRate: no,
    sessions: no,
    portsReleased: no,
    events: no,
    ...part,
  }
}
