import { z } from 'zod'
import { pageQuery, time } from './common.ts'

const allow = z.union([z.enum(['all', 'readOnly', 'none']), z.array(z.string())])
export const permissionRule = z.object({ path: z.string(), allow })
export type PermissionRule = z.output<typeof permissionRule>
export const virtualFolder = z.object({ path: z.string(), folder: z.string(), readOnly: z.boolean() })
export type VirtualFolder = z.output<typeof virtualFolder>
const quota = z.object({ bytes: z.string().optional(), files: z.int().optional() })

/** What the API tells of a user: the settings of a user as a file writes them, without the password. */
export const user = z.object({
  name: z.string(),
  origin: z
    .enum(['store', 'file'])
    .describe('file: set by the settings file or a flag, and changed only there.'),
  hasPassword: z.boolean(),
  enabled: z.boolean(),
  home: z.string(),
  groups: z.array(z.string()),
  permissions: z.array(permissionRule).optional(),
  folders: z.array(virtualFolder),
  networks: z.array(z.string()),
  expires: z.string().optional(),
  requireTls: z.boolean(),
  maxSessions: z.int().optional(),
  uploadRate: z.string().optional(),
  downloadRate: z.string().optional(),
  quota: quota.optional(),
  idleTimeout: z.string().optional(),
  revision: z.int(),
  createdAt: time.optional(),
  changedAt: time.optional(),
  changedBy: z.string().optional(),
  lastLoginAt: time.optional(),
  lastLoginFrom: z.string().optional(),
})
export type User = z.output<typeof user>

/**
 * What is sent to make or replace a user. Fields are checked by the one schema of settings; mistakes come back with the
 * field's path. `home` may be left out on creation: `files/NAME` of the data folder, which is made.
 */
export const userWrite = z.object({
  name: z.string(),
  password: z
    .string()
    .max(1024)
    .nullable()
    .optional()
    .describe('In the clear; hashed at once. null takes it away; absent leaves it.'),
  enabled: z.boolean().optional(),
  home: z.string().optional(),
  createHome: z
    .boolean()
    .optional()
    .describe('Makes a given home that is not there yet; the folder it is in has to be there.'),
  groups: z.array(z.string()).optional(),
  permissions: z.array(permissionRule).optional(),
  folders: z
    .array(z.object({ path: z.string(), folder: z.string(), readOnly: z.boolean().optional() }))
    .optional(),
  networks: z.array(z.string()).optional(),
  expires: z.string().optional(),
  requireTls: z.boolean().optional(),
  maxSessions: z.int().optional(),
  uploadRate: z.union([z.string(), z.number()]).optional(),
  downloadRate: z.union([z.string(), z.number()]).optional(),
  quota: z
    .object({ bytes: z.union([z.string(), z.number()]).optional(), files: z.int().optional() })
    .optional(),
  idleTimeout: z.union([z.string(), z.number()]).optional(),
  revision: z
    .int()
    .optional()
    .describe('The revision that was looked at; a newer one is not overwritten (409).'),
})
export type UserWrite = z.output<typeof userWrite>

export const usersQuery = pageQuery(['name', 'createdAt', 'changedAt', 'lastLoginAt']).extend({
  enabled: z.enum(['true', 'false']).optional(),
  group: z.string().optional(),
  origin: z.enum(['store', 'file']).default('store'),
})

export const group = z.object({
  name: z.string(),
  origin: z.enum(['store', 'file']),
  permissions: z.array(permissionRule).optional(),
  folders: z.array(virtualFolder),
  quota: quota.optional(),
  requireTls: z.boolean(),
  members: z.int(),
  revision: z.int(),
})
export type Group = z.output<typeof group>
export const groupWrite = z.object({
  name: z.string(),
  permissions: z.array(permissionRule).optional(),
  folders: z
    .array(z.object({ path: z.string(), folder: z.string(), readOnly: z.boolean().optional() }))
    .optional(),
  quota: z
    .object({ bytes: z.union([z.string(), z.number()]).optional(), files: z.int().optional() })
    .optional(),
  requireTls: z.boolean().optional(),
  revision: z.int().optional(),
})
export type GroupWrite = z.output<typeof groupWrite>

/** A virtual folder and whose it is. */
export const ownedFolder = virtualFolder.extend({ owner: z.enum(['user', 'group']), name: z.string() })
export type OwnedFolder = z.output<typeof ownedFolder>
