import type { MemberRow, Store } from '@portolan/store'
import type { AccessFlags } from './access-commands.ts'
import { noteAccess } from './access-store.ts'
import type { Io } from './io.ts'
import { openNodeStore } from './transfers-store.ts'
import { EXIT, UserError } from './user-error.ts'

/** `portolan access revoke ID`. */
export async function revoke(id: string, flags: AccessFlags, io: Io): Promise<number> {
  await using store = await openNodeStore(flags, io)
  const member = await demandMember(store, id)
  const what = nameOf(member)
  if (member.revokedAt !== undefined) throw new UserError(`the ${what} was revoked already`)
  await store.access.members.change(member.id, { revokedAt: Date.now() })
  const { kind, name, serial } = member
  await noteAccess(store, {
    command: 'revoke',
    action: 'access.member.revoke',
    target: what,
    after: { id: member.id, kind, name, serial },
  })
  if (flags.json) io.out(JSON.stringify({ id: member.id, kind, name, revoked: true }))
  else io.out(`the ${what} is revoked; a node that runs cuts it off within two seconds`)
  return EXIT.ok
}

/** By its id, or by a name that only one has. @throws {UserError} */
async function demandMember({ access }: Store, id: string): Promise<MemberRow> {
  const known = await access.members.get(id)
  if (known) return known
  const { items } = await access.members.list({ offset: 0, limit: 500, search: id })
  const named = items.filter(({ name, revokedAt }) => name === id && revokedAt === undefined)
  const [only] = named
  if (only && named.length === 1) return only
  if (named.length > 1) {
    const list = named.slice(0, 10).map(member => `${member.id} (${nameOf(member)})`)
    throw new UserError(`${named.length} members are called ${id}: name one by its id, of ${list.join(', ')}`)
  }
  throw new UserError(`there is no member ${JSON.stringify(id)}; portolan access list members shows them`)
}

const nameOf = ({ kind, name, user }: MemberRow) => `${kind} ${name}${user === '' ? '' : ` of ${user}`}`
