import { z } from 'zod'
import { flag, line, networks, oneOrMore, optionalLine, optionalWhole, virtualPath } from './fields.ts'
import { optionalDuration, optionalRate, optionalSize } from './units.ts'

/** What can be allowed on a path. */
export const PERMISSIONS = [
  'read',
  'write',
  'append',
  'delete',
  'rename',
  'list',
  'makeFolder',
  'removeFolder',
  'attributes',
  'link',
] as const

const ALLOW_ERROR = `must be all, readOnly, none, or a list of ${PERMISSIONS.join(', ')}`

const allow = z
  .union(
    [
      z.enum(['all', 'readOnly', 'none'], { error: ALLOW_ERROR }),
      z.array(z.enum(PERMISSIONS, { error: `must be one of ${PERMISSIONS.join(', ')}` })),
    ],
    { error: ALLOW_ERROR },
  )
  .describe('all, readOnly (read and list), none, or a list of permissions.')

const permissions = z
  .array(
    z.strictObject({
      path: virtualPath()
        .prefault('/')
        .describe('Folder as the client sees it; the rule holds for all below. Default /.'),
      allow,
    }),
    { error: 'must be a list of rules with path and allow' },
  )
  .exactOptional()
  .describe(
    'Rules of what is allowed where; the rule with the deepest matching path decides alone, of two with the same path the first. Where no rule matches, nothing is allowed. Absent: the rules of the groups, and without those everything.',
  )

const folders = z
  .array(
    z.strictObject({
      path: virtualPath().describe('Where the folder shows up for the client.'),
      folder: line('Folder of this machine. Relative to the folder of the settings file.'),
      readOnly: flag(false, 'Nothing below can be changed, whatever the permissions say.'),
    }),
    { error: 'must be a list with path and folder' },
  )
  .default([])
  .describe('Virtual folders: folders of this machine that show up in the tree of the user.')

const quota = z
  .strictObject({
    bytes: optionalSize('Bytes that the files of one user may have together, such as 10GiB.'),
    files: optionalWhole({ min: 0, max: 1e12 }, 'Number of files that one user may have.'),
  })
  .exactOptional()
  .describe(
    'What a user may store in the home, virtual folders not counted; uploads beyond it get 552. Absent: no limit.',
  )

const groupNames = oneOrMore(line('Name of a group.'), 'must be a name or a list of names')
  .prefault([])
  .describe('Groups of the user; user classes and the permissions of the groups go by them.')

/** The end of the day, UTC, for a date alone: an account that expires on a day works on that day. */
const expires = z
  .string({ error: 'must be a date such as 2027-12-31 or 2027-12-31T12:00:00Z' })
  .refine(
    text => z.iso.date().safeParse(text).success || z.iso.datetime({ offset: true }).safeParse(text).success,
    {
      error: 'must be a date such as 2027-12-31 or 2027-12-31T12:00:00Z',
    },
  )
  .transform(text => (text.includes('T') ? text : `${text}T23:59:59.999Z`))
  .exactOptional()
  .describe('When the account ends. A date alone lasts until its end, UTC. Absent: never.')

const user = z.strictObject({
  name: line('Name at login; unique.'),
  password: optionalLine(
    'argon2id hash of the password in PHC form ($argon2id$...), as `portolan hash-password` prints it. Absent: nobody logs in with a password.',
  ),
  home: line('Folder of this machine that the user sees as /. Relative to the folder of the settings file.'),
  enabled: flag(true, 'false refuses every login of the user.'),
  groups: groupNames,
  permissions,
  folders,
  networks: networks([], 'Where the user may log in from. Empty: from anywhere.'),
  expires,
  requireTls: flag(false, 'The user logs in under TLS only, also on a listener where TLS is optional.'),
  maxSessions: optionalWhole(
    { min: 0, max: 1e6 },
    'Sessions at once; 0: no limit. Absent: limits.sessionsPerUser.',
  ),
  uploadRate: optionalRate(
    'Bytes per second of all uploads of the user together, such as 5MiB/s. Absent: no limit.',
  ),
  downloadRate: optionalRate('Bytes per second of all downloads of the user together. Absent: no limit.'),
  quota,
  idleTimeout: optionalDuration(
    { min: '1s', max: '24h' },
    'Closes the session of this user after so long without a command. Absent: timeouts.idle.',
  ),
})

/** Who may log in. */
export const users = z
  .array(user, { error: 'must be a list of users' })
  .default([])
  .describe('Who may log in.')

/** What several users have in common. */
export const groups = z
  .array(
    z.strictObject({
      name: line('Name of the group; unique.'),
      permissions,
      folders,
      quota,
      requireTls: flag(false, 'Users of the group log in under TLS only.'),
    }),
    { error: 'must be a list of groups' },
  )
  .default([])
  .describe(
    'Permissions, virtual folders and quotas that users inherit. A rule of the user for the same path comes before that of a group.',
  )

/** Logins as `anonymous` or `ftp`, which only ever read (RFC 1635). */
export const anonymous = z
  .strictObject({
    enabled: flag(false, 'Whether anybody may log in as anonymous or ftp, with any password, to read.'),
    home: optionalLine('Folder that anonymous users see as /. Needed when enabled.'),
  })
  .prefault({})
  .describe('Anonymous read-only access.')
