import { stat } from 'node:fs/promises'
import type { Settings } from '@portolan/settings'
import { ServerError } from './errors.ts'
import type { ServerEvent } from './events.ts'
import { unknownReplyKeys } from './replies.ts'

/** What must be there before a server can start. @throws {ServerError} */
export async function checkSurroundings(settings: Settings): Promise<void> {
  const [unknown] = unknownReplyKeys(settings.messages.replies)
  if (unknown !== undefined) {
    throw new ServerError('SERVER_SETTING', `messages.replies: no reply is called ${unknown}`)
  }
  const folders = [
    ...settings.users.flatMap(user => [
      { of: `home of ${user.name}`, folder: user.home },
      ...user.folders.map(({ folder }) => ({ of: `virtual folder of ${user.name}`, folder })),
    ]),
    ...settings.groups.flatMap(group =>
      group.folders.map(({ folder }) => ({ of: `virtual folder of group ${group.name}`, folder })),
    ),
    ...(settings.anonymous.enabled
      ? [{ of: 'home of anonymous users', folder: settings.anonymous.home ?? '' }]
      : []),
  ]
  for (const { of, folder } of folders) {
    const found = await stat(folder).catch(() => undefined)
    if (!found?.isDirectory())
      throw new ServerError('SERVER_FOLDER', `the ${of} is no folder: ${folder || '(not set)'}`)
  }
}

/** Without a certificate `optional` can only mean off; the other two cannot be served at all. */
export function withoutUselessTls(
  settings: Settings,
  certificate: boolean,
  emit: (event: ServerEvent) => void,
): Settings {
  if (certificate) return settings
  const needs = settings.listeners.find(({ tls }) => tls === 'required' || tls === 'implicit')
  if (needs) {
    const text = `listener ${needs.name} has tls: ${needs.tls}, but no certificate is set (tls.certificate or tls.selfSigned)`
    throw new ServerError('SERVER_CERTIFICATE', text)
  }
  const optional = settings.listeners.filter(({ tls }) => tls === 'optional').map(({ name }) => name)
  if (optional.length > 0) {
    emit({
      type: 'warning',
      code: 'no-certificate',
      text: `no certificate: ${optional.join(', ')} without TLS`,
    })
  }
  return {
    ...settings,
    listeners: settings.listeners.map(listener => ({ ...listener, tls: 'off' as const })),
  }
}
