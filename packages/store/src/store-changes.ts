/** What the feed tells of. `all`: changes may have been missed, so everything is to be read again. */
export type ChangeTopic =
  | 'settings'
  | 'users'
  | 'groups'
  | 'administrators'
  | 'tokens'
  | 'bans'
  | 'certificates'
  | 'zones'
  | 'sites'
  | 'definitions'
  | 'runs'
  /** Segments, groups, publications, policies. */
  | 'access'
  /** Provisioning keys, members, people of the access path. */
  | 'members'
  | 'all'

/** Tells what changed in the database, whoever changed it: this node, another one, or a command. */
export interface ChangeFeed {
  /**
   * Calls `listener` within two seconds of a change (PostgreSQL: LISTEN, with a poll behind it; SQLite: a poll of
   * `data_version`; changes through this store at once). Answers what ends it.
   */
  subscribe(listener: (change: { readonly topic: ChangeTopic; readonly key?: string }) => void): Disposable
}
