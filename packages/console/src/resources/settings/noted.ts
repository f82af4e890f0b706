import type { JsonValue } from '@portolan/store'
import type { SettingsChangeBody, SettingsView } from '../../contract/index.ts'
import type { Ask } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import { actorOf } from '../actor.ts'

type Asked = Pick<Ask<unknown, unknown, unknown>, 'audit' | 'principal'>

/** Changes settings and notes what differs. @throws {Problem} as `SettingsService.change` */
export async function changeNoted(
  { settings }: Services,
  ask: Asked,
  change: SettingsChangeBody,
): Promise<SettingsView> {
  const after = await settings.change(change, actorOf(ask))
  await note(settings, ask, { action: 'settings.change', base: change.base, after, text: change.comment })
  return after
}

/** Goes back to an older version and notes what differs. @throws {Problem} as `SettingsService.revert` */
export async function revertNoted(
  { settings }: Services,
  ask: Asked,
  { version, base }: { version: number; base: number },
): Promise<SettingsView> {
  const after = await settings.revert(version, base, actorOf(ask))
  await note(settings, ask, { action: 'settings.revert', base, after, text: `back to version ${version}` })
  return after
}

async function note(
  settings: Services['settings'],
  ask: Asked,
  {
    action,
    base,
    after,
    text = '',
  }: { action: string; base: number; after: SettingsView; text?: string | undefined },
): Promise<void> {
  const target = `version ${after.version}`
  if (after.version === base) {
    ask.audit({ action, target, text: 'nothing is different' })
    return
  }
  // It is saved: that the difference cannot be read back is no reason to say that it is not.
  const found = await settings.version(after.version).catch(() => undefined)
  const values = (side: 'before' | 'after'): JsonValue =>
    Object.fromEntries((found?.difference ?? []).map(one => [one.path, one[side] ?? null]))
  ask.audit({ action, target, before: values('before'), after: values('after'), text })
}
