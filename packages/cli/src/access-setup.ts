import { hostname } from 'node:os'
import { startCommand } from '@portolan/console'
import type { SetupFlags } from './access-commands.ts'
import { type AccessStore, actorOfAccess, noteAccess, openAccessStore, readPort } from './access-store.ts'
import { printable } from './client/printable.ts'
import { toldAsLines } from './config-store.ts'
import type { Io } from './io.ts'
import { EXIT, UserError } from './user-error.ts'

const BY = actorOfAccess('setup')
/** Where an edge listens unless it is said otherwise. */
const EDGE_PORT = 8443
const FTP_PORT = 21
/** Invitations are used at once, or made anew. */
const INVITATION_MS = 24 * 3_600_000

/** `portolan access setup`: from nothing to the three commands that have to be run. */
export async function setUpAccess(flags: SetupFlags, io: Io): Promise<number> {
  const { host, port } = readServer(flags.server)
  const dataPorts = flags.ports === undefined ? undefined : readRange(flags.ports)
  const plan = {
    name: flags.name ?? nameOf(host),
    group: flags.group,
    host,
    port,
    ...(dataPorts && { dataPorts }),
    users: flags.user,
  }
  await using store = await openAccessStore(flags, io)
  await demandUsers(store, flags.user)
  await openGateway(store, flags, io)
  const { made, warnings } = await toldAsLines(store.access.setUp(plan, BY))
  for (const one of made) io.err(`made: ${printable(one)}`)
  for (const { path, message } of warnings) io.err(`warning: ${path} ${message}`)
  await noteAccess(store.store, {
    command: 'setup',
    action: 'access.setup',
    target: plan.name,
    after: { server: `${host}:${port}`, users: [...flags.user], made: [...made] },
  })
  await tellOfDenials(store, plan, io)
  await printCommands(store, flags, io)
  return EXIT.ok
}

async function demandUsers({ access, inForce }: AccessStore, users: readonly string[]): Promise<void> {
  const missing: string[] = []
  for (const user of users) if (!(await access.isUser(user))) missing.push(user)
  if (missing.length === 0) return
  const known = inForce().users.map(({ name }) => name)
  const there = known.length === 0 ? '' : `; the settings have ${known.slice(0, 10).join(', ')}`
  throw new UserError(
    `there is no user ${missing.join(', ')}, or the account is disabled or has expired${there}. Make users in the web console`,
  )
}

/** Edges have to find their controller. */
async function openGateway({ settings, inForce }: AccessStore, flags: SetupFlags, io: Io): Promise<void> {
  const { enabled, publicAddresses } = inForce().gateway
  const changes = [
    ...(enabled ? [] : [{ path: 'gateway.enabled', value: true }]),
    ...(flags.controller === undefined || publicAddresses.includes(flags.controller)
      ? []
      : [{ path: 'gateway.publicAddresses', value: [...publicAddresses, flags.controller] }]),
  ]
  if (changes.length === 0) return
  const base = settings.view().version
  const body = { base, changes, comment: 'portolan access setup' }
  const { problems, consequences } = await toldAsLines(settings.preview(body))
  if (problems.length > 0)
    throw new UserError(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  for (const { text } of consequences) io.err(text)
  if (!enabled && flags.yes !== true) {
    const { confirm } = await import('./config-confirm.ts')
    const answer = await confirm('Open the gateway?', io, process.stdin)
    if (answer !== true)
      throw new UserError(
        'the gateway is not open yet: look at what opens, then add --yes. Nothing was changed',
      )
  }
  const { version } = await toldAsLines(settings.change(body, BY))
  io.err(
    `the settings are saved as version ${version}; a node that runs takes them into force within two seconds`,
  )
}

/** A rule before the new one, or a time, may deny what was just set up. */
async function tellOfDenials(
  { access }: AccessStore,
  { host, port, users }: { readonly host: string; readonly port: number; readonly users: readonly string[] },
  io: Io,
): Promise<void> {
  for (const user of users) {
    const from = { clientAddress: '127.0.0.1', deviceLabels: [], at: Date.now() }
    const { action, because } = await access.why({ user, host, port, ...from })
    if (action !== 'allow')
      io.err(`warning: ${user} does not reach it yet: ${printable(because.at(-1) ?? action)}`)
  }
}

async function printCommands({ access }: AccessStore, flags: SetupFlags, io: Io): Promise<void> {
  const address = flags.edge ?? `${hostname()}:${EDGE_PORT}`
  const expiresAt = Date.now() + INVITATION_MS
  const edge = await toldAsLines(access.invite({ kind: 'edge', expiresAt }, BY))
  const connector = await toldAsLines(
    access.invite({ kind: 'connector', connectorGroup: flags.group, expiresAt, addresses: [address] }, BY),
  )
  const agent = await toldAsLines(access.invite({ kind: 'agent', addresses: [address] }, BY))
  const [user] = flags.user
  io.out('# Where agents and connectors can reach it; first, since the others dial it:')
  io.out(startCommand('edge', edge.invitation, { address }))
  io.out('# Beside the server; nothing has to be opened in its firewall:')
  io.out(startCommand('connector', connector.invitation))
  io.out('# On the machine of the user:')
  io.out(startCommand('agent', agent.invitation, { ...(user !== undefined && { user }) }))
  io.err('The first two are good for one use within 24 hours; portolan access invite makes others.')
}

/** `ADDRESS`, `ADDRESS:PORT`, `[IPV6]:PORT`. @throws {UserError} */
function readServer(text: string): { host: string; port: number } {
  const [, six, name, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = six ?? name ?? (/^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text) ? text : undefined)
  if (host === undefined)
    throw new UserError(
      `--server ${text}: this is no address, such as 10.0.0.9, 10.0.0.9:2121 or [2001:db8::1]:21`,
    )
  return { host, port: digits === undefined ? FTP_PORT : readPort(digits, '--server') }
}

/** `61000-61099`. @throws {UserError} */
function readRange(text: string): { from: number; to: number } {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []
  if (first === undefined || last === undefined)
    throw new UserError(`--ports ${text}: write the first and the last port, such as 61000-61099`)
  const range = { from: readPort(first, '--ports'), to: readPort(last, '--ports') }
  if (range.from > range.to) throw new UserError(`--ports ${text} ends before it begins`)
  return range
}

/** A name of the model, made of an address. */
const nameOf = (host: string) => `ftp ${host.replaceAll(/[^\w.-]+/g, '-')}`.slice(0, 64)
