import { resolve } from 'node:path'
import type { Settings } from './schema.ts'

/** Makes every path of this machine absolute: relative ones are relative to `base`. */
export function resolveFolders(settings: Settings, base: string): Settings {
  const absolute = (path: string) => resolve(base, path)
  const mounts = (list: Settings['users'][number]['folders']) =>
    list.map(mount => ({ ...mount, folder: absolute(mount.folder) }))
  const { tls, anonymous, server, transfers } = settings
  const { mail, webhookKeyFile } = transfers
  return {
    ...settings,
    tls: {
      ...tls,
      ...(tls.certificate !== undefined && { certificate: absolute(tls.certificate) }),
      ...(tls.key !== undefined && { key: absolute(tls.key) }),
      ...(tls.clientCa !== undefined && { clientCa: absolute(tls.clientCa) }),
    },
    users: settings.users.map(user => ({
      ...user,
      home: absolute(user.home),
      folders: mounts(user.folders),
    })),
    groups: settings.groups.map(group => ({ ...group, folders: mounts(group.folders) })),
    anonymous: { ...anonymous, ...(anonymous.home !== undefined && { home: absolute(anonymous.home) }) },
    server: {
      ...server,
      ...(server.dataFolder !== undefined && { dataFolder: absolute(server.dataFolder) }),
    },
    transfers: {
      ...transfers,
      ...(mail && {
        mail: {
          ...mail,
          ...(mail.passwordFile !== undefined && { passwordFile: absolute(mail.passwordFile) }),
        },
      }),
      ...(webhookKeyFile !== undefined && { webhookKeyFile: absolute(webhookKeyFile) }),
    },
  }
}
