import { z } from 'zod'
import { name } from './zone.ts'

const seconds = (standard: number, most: number) => z.number().positive().max(most).default(standard)

/** What becomes of a file at one end once its transfer is over. Placeholders: see `placeholders.ts`. */
export const postAction = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('nothing') }),
  z.strictObject({ do: z.literal('delete') }),
  /** Into a folder, which is made. */
  z.strictObject({ do: z.literal('move'), to: z.string().min(1).max(4096) }),
  z.strictObject({ do: z.literal('rename'), to: z.string().min(1).max(1024) }),
])
export type PostAction = z.output<typeof postAction>

export const retryPolicy = z.strictObject({
  attempts: z.int().min(1).max(1000).default(5),
  /** Seconds. */
  first: z.number().min(0).max(86_400).default(30),
  factor: z.number().min(1).max(10).default(2),
  /** Seconds. */
  ceiling: z.number().min(0).max(86_400).default(3600),
  /** Part of the wait that is left to chance, from 0 to 1. */
  jitter: z.number().min(0).max(1).default(0.2),
})

/** A partner's FTP server, and how it is reached. Passwords and keys are kept beside it, sealed. */
export const site = z.strictObject({
  name,
  description: z.string().max(500).optional(),
  enabled: z.boolean().default(true),
  /** A user or a group that it belongs to; absent: the administrators. */
  owner: z.strictObject({ kind: z.enum(['user', 'group']), name: z.string().min(1) }).optional(),
  protocol: z.enum(['ftp', 'ftps-explicit', 'ftps-implicit']).default('ftps-explicit'),
  host: z.string().min(1, { error: 'must not be empty' }).max(255),
  /** Absent: 21, or 990 for implicit TLS. */
  port: z.int().min(1).max(65_535).optional(),
  user: z.string().max(255).default('anonymous'),
  tls: z
    .strictObject({
      /** false takes any certificate. */
      verify: z.boolean().default(true),
      /** SHA-256 of the certificate that alone is taken. */
      pinned: z.string().max(200).optional(),
      /** PEM of authorities beside those of the system. */
      ca: z.string().max(200_000).optional(),
      servername: z.string().max(255).optional(),
      /** PEM of the client certificate; its key is a secret. */
      certificate: z.string().max(200_000).optional(),
      data: z.enum(['private', 'clear']).default('private'),
    })
    .prefault({}),
  /** A network zone, or `none`; absent: the default zone. */
  zone: z.string().max(64).optional(),
  /** Active mode: the partner dials the active ports of the FTP Settings. Needs the zone `none`. */
  enableActiveMode: z.boolean().default(false),
  passive: z
    .strictObject({
      address: z.string().max(255).default('control'),
      epsv: z.boolean().default(true),
    })
    .prefault({}),
  /** Address announced in active mode; absent: the local one. */
  externalAddress: z.string().max(255).optional(),
  /** Folder that relative paths of transfers begin at. */
  folder: z.string().max(4096).default(''),
  type: z.enum(['binary', 'ascii']).default('binary'),
  /** Sessions at once to this site, over all nodes. */
  connections: z.int().min(1).max(64).default(2),
  /** Bytes per second of each node; absent: no limit. */
  bandwidth: z.number().positive().optional(),
  /** In seconds. `idle` is that of data, `completion` the wait for the reply once all bytes are over. */
  timeouts: z
    .strictObject({
      connect: seconds(20, 600),
      reply: seconds(60, 3600),
      idle: seconds(60, 3600),
      completion: seconds(600, 86_400),
    })
    .prefault({}),
  retry: retryPolicy.prefault({}),
})
export type Site = z.output<typeof site>
export type SiteInput = z.input<typeof site>

/** What is sealed. Absent leaves what there is; null takes it away. */
export const siteSecrets = z.strictObject({
  password: z.string().max(1024).nullable().optional(),
  key: z.string().max(50_000).nullable().optional(),
})
export type SiteSecrets = z.output<typeof siteSecrets>
