import type { TransferWrite } from '@portolan/console/contract'

/** What a new transfer is made of. */
export interface NewTransfer {
  name: string
  direction: 'push' | 'pull'
  site: string
  user: string
  path: string
  pattern: string
  /** The folder at the site. */
  remote: string
  when: 'arrival' | 'schedule' | 'request'
  cron: string
}

/** The transfer as the API takes it. A push on arrival moves the file that arrived, and no other. */
export function writeOfNew(form: NewTransfer, timeZone: string): TransferWrite {
  const place = { user: form.user.trim(), path: form.path.trim() }
  const pattern = form.pattern.trim()
  const site = form.site.trim()
  const remote = form.remote.trim()
  const byArrival = form.direction === 'push' && form.when === 'arrival'
  return {
    name: form.name.trim(),
    ...(form.when === 'schedule' && { schedule: { cron: form.cron.trim(), timeZone } }),
    trigger: byArrival ? { on: 'arrival', place, pattern } : { on: 'request' },
    steps: [
      form.direction === 'pull'
        ? { do: 'pull', site, from: remote, pattern, to: place }
        : { do: 'push', site, to: remote, ...(!byArrival && { from: place, pattern }) },
    ],
  }
}

const OWN: Readonly<Record<string, keyof NewTransfer>> = {
  'steps.0.site': 'site',
  'steps.0.pattern': 'pattern',
  'trigger.pattern': 'pattern',
  'schedule.cron': 'cron',
  'trigger.place': 'path',
  'trigger.place.user': 'user',
  'trigger.place.path': 'path',
  'steps.0.from.user': 'user',
  'steps.0.from.path': 'path',
  'steps.0.to.user': 'user',
  'steps.0.to.path': 'path',
}

/** Mistakes of the API at the fields of {@link NewTransfer}. */
export function newTransferFields(
  errors: Readonly<Record<string, string>>,
  { direction }: Pick<NewTransfer, 'direction'>,
): Record<string, string> {
  const ends: Readonly<Record<string, keyof NewTransfer>> =
    direction === 'push'
      ? { 'steps.0.from': 'path', 'steps.0.to': 'remote' }
      : { 'steps.0.from': 'remote', 'steps.0.to': 'path' }
  return Object.fromEntries(
    Object.entries(errors).map(([path, message]) => [OWN[path] ?? ends[path] ?? path, message]),
  )
}
