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
  'access_segments',
  'access_segment_groups',
  'access_server_groups',
  'access_connector_groups',
  'access_publications',
  'access_policies',
  'access_keys',
  'access_members',
  'access_people',
  'access_authority',
  'access_streams',
] as const

/** Tables that mean nothing elsewhere: who restores a backup signs in again. */
export const PASSING_TABLES = ['web_sessions', 'changes', 'schema_versions'] as const

/** Tables whose primary key is more than their first column: so many of the first ones. */
export const KEY_LENGTHS: Readonly<Record<string, number>> = {
  run_files: 2,
  run_events: 2,
  occurrences: 2,
  fetched: 2,
}
