import { startCommand } from '@portolan/console'
import { formatDuration, parseDuration } from '@portolan/settings'
import type { InviteFlags } from './access-commands.ts'
import { type AccessStore, actorOfAccess, noteAccess, openAccessStore } from './access-store.ts'
import { toldAsLines } from './config-store.ts'
import type { Io } from './io.ts'
import { EXIT, UserError } from './user-error.ts'

const KINDS = ['edge', 'connector', 'agent'] as const
type Kind = (typeof KINDS)[number]
/** As many as one key may have. */
const MOST_USES = 10_000

/** `portolan access invite edge|connector|agent`. */
export async function invite(text: string, flags: InviteFlags, io: Io): Promise<number> {
  const kind = KINDS.find(one => one === text)
  if (kind === undefined) throw new UserError(`${text} is none of ${KINDS.join(', ')}`)
  const maxUses = readUses(kind, flags)
  const life = readLife(flags.expires)
  if (kind !== 'connector' && flags.group !== undefined)
    throw new UserError('--group is for connectors: others are in no connector group')
  await using store = await openAccessStore(flags, io)
  const connectorGroup = kind === 'connector' ? await groupFor(store, flags.group) : undefined
  const ask = {
    kind,
    maxUses,
    ...(connectorGroup !== undefined && { connectorGroup }),
    ...(life !== undefined && { expiresAt: Date.now() + life }),
    ...(flags.edge && { addresses: flags.edge }),
  }
  const made = await toldAsLines(store.access.invite(ask, actorOfAccess('invite')))
  if (made.key !== undefined) {
    await noteAccess(store.store, {
      command: 'invite',
      action: 'access.key.create',
      target: made.key,
      after: { kind, maxUses, expiresAt: made.expiresAt ?? null, connectorGroup: connectorGroup ?? null },
    })
  }
  const command = startCommand(kind, made.invitation)
  if (flags.json) io.out(JSON.stringify({ kind, ...made, command }))
  else {
    io.out(command)
    io.err(noteOf(made.key, maxUses, life))
  }
  return EXIT.ok
}

function noteOf(key: string | undefined, uses: number, life: number | undefined): string {
  if (key === undefined) return 'It is the same for all users and holds no secret: they sign in.'
  const often = uses === 1 ? 'one use' : `${uses} uses`
  const until = life === undefined ? 'and does not expire' : `within ${formatDuration(life)}`
  return `The key ${key} is good for ${often} ${until}; its secret is not shown again.`
}

function readUses(kind: Kind, { uses }: InviteFlags): number {
  if (uses === undefined) return 1
  if (kind === 'agent') throw new UserError('--uses is for edges and connectors: agents sign in')
  const count = Number(uses)
  if (Number.isInteger(count) && count >= 1 && count <= MOST_USES) return count
  throw new UserError(`--uses ${uses} is not allowed: use 1 to ${MOST_USES}`)
}

function readLife(text: string): number | undefined {
  if (text === 'never') return undefined
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  throw new UserError(`--expires ${text} is no duration: write it as 30m, 24h or 7d, or never`)
}

/** The group that is named, or the only one. @throws {UserError} */
async function groupFor({ store }: AccessStore, named: string | undefined): Promise<string> {
  const names = (await store.access.connectorGroups.all()).map(({ name }) => name)
  const [only] = names
  if (only === undefined)
    throw new UserError(
      'there is no connector group yet: portolan access setup, or the web console, makes one',
    )
  const known = `there are: ${names.slice(0, 20).join(', ')}`
  if (named === undefined && names.length > 1)
    throw new UserError(`name the connector group with --group; ${known}`)
  if (named !== undefined && !names.includes(named))
    throw new UserError(`there is no connector group ${JSON.stringify(named)}; ${known}`)
  return named ?? only
}
