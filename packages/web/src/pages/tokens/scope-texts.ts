import type { Scope } from '@portolan/console/contract'

/** A thing that tokens can be for. */
export interface Subject {
  readonly name: string
  readonly text: string
  readonly read?: Scope
  readonly write?: Scope
}

/** The scopes by what they are about. Reading is part of writing. */
export const SUBJECTS: readonly Subject[] = [
  {
    name: 'Settings',
    text: 'FTP settings, address rules, user classes',
    read: 'settings:read',
    write: 'settings:write',
  },
  { name: 'Users', text: 'users, groups, folders', read: 'users:read', write: 'users:write' },
  {
    name: 'Sessions',
    text: 'live sessions and ports; ending sessions',
    read: 'sessions:read',
    write: 'sessions:write',
  },
  { name: 'Bans', text: 'bans and the allow list', read: 'bans:read', write: 'bans:write' },
  {
    name: 'Certificates',
    text: 'certificates and their keys',
    read: 'certificates:read',
    write: 'certificates:write',
  },
  { name: 'Logs', text: 'transfers, incidents, diagnosis', read: 'logs:read' },
  { name: 'Audit', text: 'who changed what', read: 'audit:read' },
  { name: 'Metrics', text: 'figures for Prometheus', read: 'metrics:read' },
  {
    name: 'Partner transfers',
    text: 'sites, network zones, transfers to and from partners',
    read: 'transfers:read',
    write: 'transfers:write',
  },
  { name: 'Runs', text: 'starting, cancelling and repeating runs; testing sites', write: 'transfers:run' },
  {
    name: 'Zero-trust access',
    text: 'segments, groups, policies, keys, edges, connectors, the access log',
    read: 'access:read',
    write: 'access:write',
  },
  {
    name: 'Streams',
    text: 'kicking streams of the access path; draining edges and connectors',
    write: 'access:run',
  },
  { name: 'Administrators', text: 'who may sign in here', write: 'administrators:write' },
  { name: 'Tokens', text: 'making and revoking tokens', write: 'tokens:write' },
]

export type Level = 'none' | 'read' | 'write'

/** What a set of scopes says about a subject. */
export function levelOf(scopes: readonly string[], { read, write }: Subject): Level {
  if (write !== undefined && scopes.includes(write)) return 'write'
  return read !== undefined && scopes.includes(read) ? 'read' : 'none'
}

/** A set of scopes with another level for a subject. */
export function withLevel(scopes: readonly Scope[], subject: Subject, level: Level): Scope[] {
  const rest = scopes.filter(scope => scope !== subject.read && scope !== subject.write)
  const added = level === 'none' ? undefined : subject[level]
  return added === undefined ? rest : [...rest, added]
}
