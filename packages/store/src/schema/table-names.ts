/** Every table that is kept in a backup, in the order in which it is written. */
export const KEPT_TABLES = [
  'meta',
  'settings_versions',
  'users',
  'groups',
  'administrators',
  'tokens',
  'bans',
  'certificates',
  'log_kinds',
  'transfers',
  'incidents',
  'audit',
  'zones',
  'sites',
  'definitions',
  'runs',
  'run_files',
  'run_events',
  'occurrences',
  'fetched',
  'schedule_marks',
] as const

/** Tables that mean nothing elsewhere: who restores a backup signs in again. */
export const PASSING_TABLES = ['web_sessions', 'changes', 'schema_versions'] as const
