/** Numbers of the locks by which writers of one topic wait for each other on PostgreSQL. */
export const LOCKS = {
  settings: 1,
  users: 2,
  groups: 3,
  administrators: 4,
  tokens: 5,
  bans: 6,
  certificates: 7,
  zones: 8,
  sites: 9,
  definitions: 10,
  runs: 11,
  access: 12,
  members: 13,
} as const
