import { mkdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Embedded, startEmbedded, type UserFields } from '../support/embedded.ts'
import type { Role } from './step.ts'

/** Enough that it cannot disappear in the buffers of two sockets: a transfer of it runs until somebody reads. */
export const BIG = 16 * 1024 * 1024

const RULES: Readonly<Partial<Record<Role, UserFields>>> = {
  reader: { permissions: [{ path: '/', allow: 'readOnly' }] },
  appender: { permissions: [{ path: '/', allow: ['list', 'append', 'makeFolder'] }] },
  quota: { quota: { bytes: 100_000, files: 12 } },
}

const rulesOf = (user: string): UserFields =>
  Object.entries(RULES).find(([role]) => user.startsWith(`${role}-`))?.[1] ?? {}

/** The server of all dialogues: a listener of every kind, and users of every kind by the first part of their names. */
export function openStage(): Promise<Embedded> {
  return startEmbedded({
    passivePorts: 64,
    about: user => rulesOf(user),
    settings: {
      listeners: [
        { name: 'clear', host: '127.0.0.1', port: 0, tls: 'off' },
        { name: 'optional', host: '127.0.0.1', port: 0, tls: 'optional' },
        { name: 'required', host: '127.0.0.1', port: 0, tls: 'required' },
        { name: 'implicit', host: '127.0.0.1', port: 0, tls: 'implicit' },
        { name: 'private', host: '127.0.0.1', port: 0, tls: 'optional', encryptData: true },
      ],
      tls: { selfSigned: true },
      timeouts: { shutdown: '1s' },
      bans: { delay: { first: '1ms' as const, ceiling: '2ms' as const } },
      userClasses: [{ name: 'restricted', users: 'restricted-*' }],
      commands: { forbidden: [{ userClass: 'restricted', commands: ['DELE', 'SITE CHMOD', 'STOU'] }] },
      passive: { acceptTimeout: '2s', waitTimeout: '1s' },
      limits: { sessionsPerAddress: 0 },
    },
  })
}

/** What every user finds at home. */
export async function furnish(home: string, role: Role): Promise<void> {
  const at = (name: string) => join(home, name)
  await mkdir(at('folder'), { recursive: true })
  await mkdir(at('empty'))
  await writeFile(at('hello.txt'), 'hello')
  await writeFile(at('lines.txt'), 'one\ntwo\n')
  await writeFile(at('empty.txt'), '')
  await writeFile(at('folder/inner.txt'), 'inner')
  await writeFile(at('a "quoted" name'), 'quoted')
  await writeFile(at('grüße.txt'), 'utf-8')
  await writeFile(Buffer.concat([Buffer.from(`${home}/latin1-`), Buffer.from([0xe4, 0xff])]), 'latin-1')
  await writeFile(at('evil\r\n226 forged'), 'evil')
  await symlink('/etc', at('outside'))
  await symlink('hello.txt', at('link'))
  const then = new Date('2020-02-03T04:05:06Z')
  await utimes(at('hello.txt'), then, then)
  if (role === 'quota') return
  await writeFile(at('big.bin'), '')
  await truncate(at('big.bin'), BIG)
}
