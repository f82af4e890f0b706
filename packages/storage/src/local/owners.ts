import { readFile } from 'node:fs/promises'

/** Names of the numbers that own files. A number without a name is shown as it is. */
export interface Owners {
  user(uid: number): string
  group(gid: number): string
}

/** The file of users or groups is read up to this many names. */
const MOST_NAMES = 100_000

let known: Promise<Owners> | undefined

/** The names in /etc/passwd and /etc/group, read once in the life of the process. What a directory service knows is shown as numbers. */
export function systemOwners(): Promise<Owners> {
  known ??= loadOwners()
  return known
}

async function loadOwners(): Promise<Owners> {
  const [passwd, group] = await Promise.all(
    ['/etc/passwd', '/etc/group'].map(path => readFile(path, 'utf8').catch(() => '')),
  )
  return ownersFrom(passwd ?? '', group ?? '')
}

/** Names from texts of the form of passwd(5) and group(5). */
export function ownersFrom(passwd: string, group: string): Owners {
  const users = namesOf(passwd)
  const groups = namesOf(group)
  return {
    user: uid => users.get(uid) ?? String(uid),
    group: gid => groups.get(gid) ?? String(gid),
  }
}

function namesOf(text: string): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split('\n', MOST_NAMES)) {
    const [name, , id] = line.split(':')
    // A blank in a name would shift the columns of a listing.
    if (name && id && /^\d+$/.test(id) && !/\s/.test(name) && !names.has(Number(id)))
      names.set(Number(id), name)
  }
  return names
}
