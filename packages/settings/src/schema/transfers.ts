import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { choice, flag, hostName, line, optionalLine, whole } from './fields.ts'
import { kept } from './retention.ts'

const PROGRAM_ERROR = 'must be an absolute path of this machine, such as /usr/local/bin/virus-scan'

/** How mail leaves. */
const mail = z
  .strictObject({
    host: hostName().describe('Mail server that takes the mail.'),
    port: whole(587, { min: 1, max: 65_535 }, 'TCP port of the mail server.'),
    tls: choice(
      ['starttls', 'implicit', 'off'],
      'starttls',
      'starttls: the connection is upgraded before anything is sent, or nothing is sent. implicit: TLS from the first byte, as on port 465. off: in the clear.',
    ),
    from: line('Sender of the mail, such as portolan@example.com.'),
    user: optionalLine('Login name at the mail server. Absent: no login.'),
    passwordFile: optionalLine(
      'File whose first line is the password of that login. Relative to the folder of the settings file, in which alone it is set.',
    ),
  })
  .exactOptional()
  .describe('How mail of server-initiated transfers leaves. Absent: it does not.')

/** Server-initiated transfers: what this node does of them. Sites, zones and transfers themselves are kept in the store. */
export const transfers = z
  .strictObject({
    enabled: flag(
      true,
      'Whether this node runs server-initiated transfers. false leaves them to the other nodes of the same database, or to nobody.',
    ),
    concurrency: whole(32, { min: 1, max: 1_000 }, 'Runs at once on this node.'),
    keepRuns: kept('runs that are over', { age: '90d', rows: 1_000_000 }),
    programs: z
      .record(
        z.string().regex(/^[\w.-]{1,64}$/, {
          error: 'must have 1 to 64 letters, digits, dots, dashes or underscores',
        }),
        z
          .string({ error: PROGRAM_ERROR })
          .refine(path => isAbsolute(path) && !/[\0\r\n]/.test(path), { error: PROGRAM_ERROR }),
        { error: 'must be a section with names of programs and their absolute paths' },
      )
      .default({})
      .describe(
        'Programs that a step of a transfer may run, by the name that the step uses. Nothing else is ever run. They run as the server does. Set in the settings file alone.',
      ),
    mail,
    webhookKeyFile: optionalLine(
      'File whose first line is the key that webhooks are signed with (HMAC with SHA-256). Relative to the folder of the settings file, in which alone it is set. Absent: they are not signed.',
    ),
  })
  .prefault({})
  .describe('Server-initiated transfers: what this node does of them.')
