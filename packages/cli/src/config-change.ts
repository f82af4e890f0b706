import { hostname, userInfo } from 'node:os'
import type { SettingsPreview, SettingsView } from '@portolan/console'
import { readValueText, type SettingChange } from '@portolan/settings'
import type { JsonValue } from '@portolan/store'
import { type AnswerInput, confirm } from './config-confirm.ts'
import type { ConfigChangeFlags } from './config-flags.ts'
import { type ConfigStore, openConfigStore, toldAsLines } from './config-store.ts'
import { differenceLines, noteLines } from './config-text.ts'
import type { Io } from './io.ts'
import { EXIT, UserError } from './user-error.ts'

/** `portolan config set PATH VALUE`. */
export async function setSetting(
  { path, text, flags }: { path: string; text: string; flags: ConfigChangeFlags },
  io: Io,
  input: AnswerInput = process.stdin,
): Promise<number> {
  const read = await readValueText(path, text)
  if ('wrong' in read) throw new UserError(`${path}: ${read.wrong}`)
  return changeSetting('set', { path, value: read.value }, flags, io, input)
}

/** `portolan config reset PATH`: back to what the file or the default says. */
export function resetSetting(
  { path, flags }: { path: string; flags: ConfigChangeFlags },
  io: Io,
  input: AnswerInput = process.stdin,
): Promise<number> {
  return changeSetting('reset', { path, reset: true }, flags, io, input)
}

/** `portolan config revert VERSION`: the state of an older version becomes the newest. */
export async function revertSettings(
  { version, flags }: { version: number; flags: ConfigChangeFlags },
  io: Io,
  input: AnswerInput = process.stdin,
): Promise<number> {
  await using config = await openConfigStore(flags, io)
  const { settings } = config
  const base = settings.view().version
  return await save(
    config,
    { io, input, flags, name: 'revert' },
    await toldAsLines(settings.previewRevert(version)),
    by => settings.revert(version, base, by),
  )
}

async function changeSetting(
  name: 'set' | 'reset',
  change: SettingChange,
  flags: ConfigChangeFlags,
  io: Io,
  input: AnswerInput,
): Promise<number> {
  await using config = await openConfigStore(flags, io)
  const { settings } = config
  const { comment } = flags
  const body = {
    base: settings.view().version,
    changes: [change],
    ...(comment !== undefined && { comment }),
  }
  return await save(config, { io, input, flags, name }, await toldAsLines(settings.preview(body)), by =>
    settings.change(body, by),
  )
}

/** What a command that changes settings works with. */
interface Asked {
  readonly io: Io
  readonly input: AnswerInput
  readonly flags: ConfigChangeFlags
  readonly name: 'set' | 'reset' | 'revert'
}

/** Shows what would happen, asks where it has to, and saves. */
async function save(
  config: ConfigStore,
  asked: Asked,
  preview: SettingsPreview,
  work: (by: string) => Promise<SettingsView>,
): Promise<number> {
  const { io } = asked
  const { problems, difference, consequences, warnings } = preview
  if (problems.length > 0) {
    throw new UserError(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  }
  for (const line of differenceLines(difference)) io.out(line)
  for (const line of noteLines(consequences, warnings)) io.err(line)
  if (!(await mayGoOn(asked, preview))) {
    io.err('nothing was changed')
    return EXIT.user
  }
  const before = config.settings.view().version
  const by = `portolan config ${asked.name}`
  const { version } = await toldAsLines(work(by))
  if (version === before) {
    io.out(`the store says so already, in version ${version}`)
    return EXIT.ok
  }
  await noteAudit(config, { ...asked, by, version, difference })
  io.out(`saved as version ${version}; a node that runs takes it into force within two seconds`)
  return EXIT.ok
}

/** What clients, firewalls or people at the console would notice. */
const MOVES: ReadonlySet<string> = new Set([
  'listener-moves',
  'listener-closes',
  'ports-move',
  'console-moves',
  'gateway-moves',
])

async function mayGoOn({ io, input, flags }: Asked, { consequences }: SettingsPreview): Promise<boolean> {
  if (flags.yes || !consequences.some(({ code }) => MOVES.has(code))) return true
  const answer = await confirm('Save this?', io, input)
  if (answer !== undefined) return answer
  throw new UserError(
    'this moves a listener or ports: look at what it does, then add --yes. Nothing was changed',
  )
}

async function noteAudit(
  { store }: ConfigStore,
  saved: Asked & { by: string; version: number; difference: SettingsPreview['difference'] },
): Promise<void> {
  const { by, version, difference, name, flags } = saved
  const values = (side: 'before' | 'after'): JsonValue =>
    Object.fromEntries(difference.map(one => [one.path, one[side] ?? null]))
  const who = `by ${userInfo().username} on ${hostname()}`
  await store.audit.append([
    {
      at: Date.now(),
      node: hostname(),
      actor: by,
      address: '',
      action: name === 'revert' ? 'settings.revert' : 'settings.change',
      target: `version ${version}`,
      before: values('before'),
      after: values('after'),
      outcome: 'done',
      text: flags.comment === undefined ? who : `${flags.comment} (${who})`,
    },
  ])
}
