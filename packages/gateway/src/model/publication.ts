import { z } from 'zod'
import { description, name, port } from './fields.ts'

/** What clients from a network are told as the address of data connections; the first enabled rule that fits decides. */
export const publicationAddressRule = z.strictObject({
  /** Network in CIDR form. Absent: all. */
  clients: z.string().min(1).max(64).optional(),
  /** An IP address, or `control`: the address that the client dialled. */
  address: z.string().min(1).max(255),
  enabled: z.boolean().default(true),
})
export type PublicationAddressRule = z.output<typeof publicationAddressRule>

/** Reverse publishing: an edge listens for an FTP server inside, whose connector dials out. TLS ends inside. */
export const publication = z
  .strictObject({
    name,
    description,
    enabled: z.boolean().default(true),
    /** Edges that listen; absent: all. */
    edges: z.array(name).min(1).max(100).optional(),
    /** Address that edges bind. */
    host: z.string().min(1).max(255).default('0.0.0.0'),
    /** Control ports of the edge, and the port of the server that each leads to. */
    listeners: z
      .array(z.strictObject({ port, serverPort: port }))
      .min(1, { error: 'needs at least one listener' })
      .max(16),
    /** Passive ports of the edge, and the first port of the server's own range of as many. */
    passive: z.strictObject({
      basePort: port,
      numberOfPorts: z.int().min(1).max(65_535),
      serverBasePort: port,
    }),
    addressRules: z.array(publicationAddressRule).max(100).default([]),
    /** The server, as the connector reaches it. It has to trust the connector as a proxy: it is told the client's address by the PROXY protocol. */
    server: z.string().min(1).max(255),
    serverGroup: name,
  })
  .refine(({ passive: { basePort, numberOfPorts } }) => basePort + numberOfPorts - 1 <= 65_535, {
    error: 'must end at 65535 at the most',
    path: ['passive', 'numberOfPorts'],
  })
  .refine(({ passive: { serverBasePort, numberOfPorts } }) => serverBasePort + numberOfPorts - 1 <= 65_535, {
    error: 'must end at 65535 at the most',
    path: ['passive', 'serverBasePort'],
  })
export type Publication = z.output<typeof publication>
