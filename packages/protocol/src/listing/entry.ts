/** Every dialect that is understood. `mlsd` is that of MLSD (RFC 3659 section 7), all others are LIST's. */
export type ListingDialect =
  | 'mlsd'
  | 'unix'
  | 'dos'
  | 'vms'
  | 'as400'
  | 'zos'
  | 'zos-jes'
  | 'netware'
  | 'eplf'
  | 'os2'
  | 'nonstop'
  | 'vxworks'
  | 'vm'
  | 'enterprise'

export type EntryKind = 'file' | 'folder' | 'link' | 'other' | 'unknown'

/** How exact a time is: a listing that shows the year in place of the time tells a day. */
export type Precision = 'ms' | 'second' | 'minute' | 'day'

/**
 * One entry of a remote folder, from MLSD or any dialect of LIST. What a dialect does not tell is absent.
 *
 * Nothing here is safe to use as a local path: a hostile server chooses every character.
 */
export interface RemoteEntry {
  /**
   * As the server sent it: it may be a path, hold `/`, `\`, `..`, CR or NUL. Never empty, `.` or `..`. Only what the
   * listing itself adds is taken off: the `/` behind a folder of UNIX and AS/400, the `.DIR;1` of a VMS folder. A VMS
   * file keeps its version, for several of one file may be listed.
   */
  readonly name: string
  /** `other` is a device, socket, pipe, program: nothing to download. `unknown` where the server does not tell. */
  readonly kind: EntryKind
  /**
   * Bytes, of the entry itself: a link's is that of the link. Absent where the dialect counts something else: VMS
   * blocks, z/OS tracks and lines, VM records. Absent when negative or above 2^53.
   */
  readonly size?: number
  /** Milliseconds since 1970, UTC. Absent for a date that no calendar has. Of a day alone: its midnight in UTC. */
  readonly modified?: number
  /** There when `modified` is. */
  readonly precision?: Precision
  /** POSIX permission bits with set-id and sticky: within 0o7777. */
  readonly mode?: number
  readonly owner?: string
  readonly group?: string
  /** Of a link: what it points to. */
  readonly target?: string
  /** The `unique` fact: the same for two names of one file. RFC 3659 section 7.5.2. */
  readonly unique?: string
  /** The `perm` fact, in lower case. RFC 3659 section 7.5.5. */
  readonly perm?: string
  /** The line as it came, without its end. Two lines with LF between them for an entry that VMS wrapped. */
  readonly raw: string
}

/** What was read of a listing. */
export interface Listing {
  readonly entries: readonly RemoteEntry[]
  /** Lines that nobody could read, as they came: headings that are known and blank lines are not among them. */
  readonly unparsed: readonly string[]
  /** The dialect of most entries, undefined without any. To be handed to the next listing of this server. */
  readonly dialect: ListingDialect | undefined
}

/** What a dialect may tell beside the name and the kind. */
export type Told = {
  readonly [K in Exclude<keyof RemoteEntry, 'name' | 'kind' | 'raw'>]?: RemoteEntry[K] | undefined
}

/** What a dialect makes of a line: an entry, `ignored` for headings and the folder itself, undefined for not mine. */
export type LineResult = RemoteEntry | 'ignored' | undefined

/** Makes an entry without the fields that are undefined. Ignores `.` and `..`; an empty name is no entry. */
export function makeEntry(raw: string, name: string, kind: EntryKind, told: Told = {}): LineResult {
  if (name === '') return undefined
  if (name === '.' || name === '..') return 'ignored'
  const entry: { -readonly [K in keyof RemoteEntry]: RemoteEntry[K] } = { name, kind, raw }
  if (told.size !== undefined) entry.size = told.size
  if (told.modified !== undefined) entry.modified = told.modified
  if (told.precision !== undefined) entry.precision = told.precision
  if (told.mode !== undefined) entry.mode = told.mode
  if (told.owner !== undefined) entry.owner = told.owner
  if (told.group !== undefined) entry.group = told.group
  if (told.target !== undefined) entry.target = told.target
  if (told.unique !== undefined) entry.unique = told.unique
  if (told.perm !== undefined) entry.perm = told.perm
  return entry
}

/** A folder's name without the one slash that says that it is a folder. */
export function withoutSlash(name: string): string {
  return name.length > 1 && name.endsWith('/') ? name.slice(0, -1) : name
}
