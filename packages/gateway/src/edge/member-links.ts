import type { Status } from '../codes.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { statusOf } from '../wire/status.ts'
import type { Link } from '../wire/types.ts'
import type { Members } from './members.ts'

/** A member that is connected. */
export interface MemberLink {
  readonly peer: MemberIdentity
  /** The address that it comes from. */
  readonly from: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly link: Link
  /** What it said of itself. */
  version: string
  privateAddress: string
  /** Its certificate has ended: it gets no new streams. */
  expired: boolean
}

/** Links of one member at once: the newest counts, those before it carry on what is open. */
const MAX_LINKS_OF_ONE = 4
/** Clocks that are set right differ by less, in milliseconds. */
const SKEW_MS = 5_000

const REPLACED: Status = { code: 'EDG_LOST', text: 'The same member has connected anew.' }

/** The agents, or the connectors, of an edge. */
export interface MemberLinks<L extends MemberLink> extends Iterable<L> {
  readonly size: number
  /** The newest link of that member that takes streams, else the newest. */
  get(id: string): L | undefined
  add(link: L): void
  /**
   * It has said hello: those of the same member that came before it and carry nothing are closed. Not earlier: who finds the edge that
   * it is connected to at another of its addresses goes again without a word.
   */
  heard(link: L): void
  remove(link: L): void
  /** Cuts those whom the controller does not list any more. */
  check(members: Members): void
  /**
   * Ends links whose certificate has ended, which for an agent is its sign-in: no new streams, and the link is closed when nothing is
   * open on it any more, at the latest after the grace in milliseconds. ZPA looks at the sign-in at the next access only, so what is open
   * goes on; here it is bounded, because nobody tells of a revocation of what has expired.
   */
  expire(graceMs: number): void
  /** Resolves when all of them have heard it, or a second later. */
  destroyAll(status: Status): Promise<void>
}

/** @param expiry - what a link is told whose certificate has ended */
export function createMemberLinks<L extends MemberLink>(expiry: Status, now: () => number): MemberLinks<L> {
  const byId = new Map<string, L[]>()
  let size = 0

  function* all(): Generator<L> {
    for (const links of byId.values()) yield* links
  }
  return {
    get size() {
      return size
    },
    [Symbol.iterator]: all,
    get(id) {
      const links = byId.get(id)
      return links?.findLast(({ link, expired }) => !link.draining && !expired) ?? links?.at(-1)
    },
    add(added) {
      const links = byId.get(added.peer.id) ?? []
      byId.set(added.peer.id, [...links, added])
      size++
      if (links.length >= MAX_LINKS_OF_ONE) links[0]?.link.destroy(REPLACED)
    },
    heard({ peer, link: newest }) {
      const links = byId.get(peer.id) ?? []
      const before = links.slice(
        0,
        links.findIndex(({ link }) => link === newest),
      )
      for (const { link } of before) if (link.streams === 0) link.destroy(REPLACED)
    },
    remove(removed) {
      const links = byId.get(removed.peer.id) ?? []
      const left = links.filter(link => link !== removed)
      size -= links.length - left.length
      if (left.length > 0) byId.set(removed.peer.id, left)
      else byId.delete(removed.peer.id)
    },
    check(members) {
      for (const { peer, link } of [...all()]) {
        // Expired ones are left out of the list, too; they are not revoked, and have their own end.
        if (members.get(peer.id)?.kind === peer.kind || peer.expiresAt <= now() + SKEW_MS) continue
        link.destroy(statusOf('POL_REVOKED'))
      }
    },
    expire(graceMs) {
      const at = now()
      for (const member of [...all()]) {
        const { link, peer } = member
        if (at < peer.expiresAt) continue
        if (!member.expired) {
          member.expired = true
          link.goAway(expiry)
        }
        if (link.streams === 0 || at >= peer.expiresAt + graceMs) link.destroy(expiry)
      }
    },
    async destroyAll(status) {
      const links = [...all()].map(({ link }) => link)
      for (const link of links) link.destroy(status)
      await Promise.all(links.map(link => link[Symbol.asyncDispose]()))
    },
  }
}
