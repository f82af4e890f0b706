import { type Because, compileUserClasses, type UserClassRule } from '@portolan/channels'
import type { Services } from '../../node/services.ts'

/** A user class, and how it was found. */
export interface FoundClass {
  readonly userClass: string
  readonly because: Because
  readonly groups: readonly string[]
  /** Whether there is such a user. */
  readonly known: boolean
}

/**
 * The class of a user who comes from an address, by the server's own code.
 * @param classes - rules that are being edited; default: those in force
 */
export async function classOf(
  services: Services,
  { user, address }: { readonly user: string; readonly address: string },
  classes: readonly UserClassRule[] = services.inForce().userClasses,
): Promise<FoundClass> {
  const { groups, known } = await groupsOf(services, user)
  const { value, because } = compileUserClasses(classes)({ user, groups, address })
  return { userClass: value, because, groups, known }
}

/** The store's user wins over one of the file with the same name, as at a login. */
async function groupsOf(
  { store, fileUsers, inForce }: Services,
  name: string,
): Promise<{ groups: readonly string[]; known: boolean }> {
  const found = (await store.users.get(name)) ?? fileUsers().find(user => user.name === name)
  if (found) return { groups: found.groups, known: true }
  return { groups: [], known: inForce().anonymous.enabled && /^(anonymous|ftp)$/i.test(name) }
}
