import { z } from 'zod'
import { time } from './common.ts'

/** What a token or a role may do. `read` of a thing is part of `write`. */
export const SCOPES = [
  'settings:read',
  'settings:write',
  'users:read',
  'users:write',
  'sessions:read',
  'sessions:write',
  'bans:read',
  'bans:write',
  'logs:read',
  'audit:read',
  'certificates:read',
  'certificates:write',
  'administrators:write',
  'tokens:write',
  'metrics:read',
  'transfers:read',
  'transfers:run',
  'transfers:write',
  'access:read',
  'access:run',
  'access:write',
] as const
export const scope = z.enum(SCOPES)
export type Scope = z.output<typeof scope>

export const role = z.enum(['administrator', 'operator', 'read-only'])
export type Role = z.output<typeof role>

/** What each role may do. An operator runs the server, and transfers; settings, sites, certificates, administrators and tokens are not an operator's. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  administrator: SCOPES,
  operator: [
    'settings:read',
    'users:read',
    'users:write',
    'sessions:read',
    'sessions:write',
    'bans:read',
    'bans:write',
    'logs:read',
    'audit:read',
    'certificates:read',
    'metrics:read',
    'transfers:read',
    'transfers:run',
    'access:read',
    'access:run',
  ],
  'read-only': [
    'settings:read',
    'users:read',
    'sessions:read',
    'bans:read',
    'logs:read',
    'audit:read',
    'certificates:read',
    'metrics:read',
    'transfers:read',
    'access:read',
  ],
}

export const loginName = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(128, { error: 'must have at most 128 characters' })
  .refine(text => !/[\0-\x1f]/.test(text), { error: 'must not contain control characters' })

/** NIST SP 800-63B section 3.1.1: length is what counts; no rules of composition. */
export const newPassword = z
  .string()
  .min(12, { error: 'must have at least 12 characters' })
  .max(1024, { error: 'must have at most 1024 characters' })

export const setupState = z.object({ needed: z.boolean() })
export const setupBody = z.object({ token: z.string().max(200), name: loginName, password: newPassword })

export const loginBody = z.object({
  realm: z.enum(['administrator', 'user']).describe('user: an FTP user, for the Files page.'),
  name: loginName,
  password: z.string().max(1024),
  code: z.string().max(32).optional().describe('Second factor: six digits, or a recovery code.'),
})

/** Who is signed in. */
export const me = z.object({
  kind: z.enum(['administrator', 'user', 'token']),
  name: z.string(),
  role: role.optional(),
  scopes: z.array(scope),
  totp: z.boolean(),
  csrf: z.string().describe('Goes into the header X-CSRF-Token of every request that changes something.'),
  node: z.object({ name: z.string(), version: z.string() }),
})
export type Me = z.output<typeof me>

export const webSession = z.object({
  id: z.string(),
  current: z.boolean(),
  address: z.string(),
  userAgent: z.string(),
  createdAt: time,
  lastSeenAt: time,
  expiresAt: time,
})
export type WebSession = z.output<typeof webSession>

export const passwordBody = z.object({ current: z.string().max(1024), next: newPassword })
export const totpBegin = z.object({
  secret: z.string(),
  uri: z.string().describe('otpauth:// for the QR code.'),
})
export const totpConfirmBody = z.object({ code: z.string().max(32) })
export const totpConfirmed = z.object({ recoveryCodes: z.array(z.string()) })
export const confirmPasswordBody = z.object({ password: z.string().max(1024) })

export const administrator = z.object({
  name: z.string(),
  role,
  enabled: z.boolean(),
  totp: z.boolean(),
  createdAt: time,
  lastLoginAt: time.optional(),
})
export type Administrator = z.output<typeof administrator>
export const administratorCreate = z.object({ name: loginName, role, password: newPassword })
export const administratorChange = z.object({
  role: role.optional(),
  enabled: z.boolean().optional(),
  password: newPassword.optional(),
  totp: z.literal(false).optional().describe('false takes a lost second factor away.'),
})

export const token = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdBy: z.string(),
  createdAt: time,
  expiresAt: time.optional(),
  lastUsedAt: time.optional(),
})
export type Token = z.output<typeof token>
export const tokenCreate = z.object({
  name: loginName,
  scopes: z.array(scope).min(1, { error: 'needs at least one scope' }),
  expiresAt: time.optional(),
})
export const tokenCreated = token.extend({ token: z.string().describe('Shown this once.') })
