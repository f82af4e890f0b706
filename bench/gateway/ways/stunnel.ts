import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from '../../certificate.ts'
import { freePort } from '../../ports.ts'
import { Program } from '../../processes.ts'
import { unpacked, withoutDebian } from '../../servers/server.ts'
import { type Packages, partPort, untilListening, type WayGround, type WayKind } from './way.ts'

/** Two TLS hops: a client end, one in the middle that ends one TLS and begins the next, a server end. */
export function stunnel(workshop: Packages): WayKind {
  return {
    name: 'stunnel',
    label: 'stunnel',
    role: 'peer',
    note: 'three processes and two TLS hops, TLS 1.3 with AES-128-GCM, as the gateway has them; a TLS connection and threads for each stream',
    missing: () => withoutDebian(workshop),
    version: async () => unpacked(workshop).versions.stunnel4 ?? '?',
    async start(ground) {
      await using starting = new AsyncDisposableStack()
      const [client, middle, between, far] = [
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort(),
      ]
      const { certificate } = ground
      const plans: readonly (readonly [string, number, string])[] = [
        ['far', far, serverEnd(far, ground.server, certificate)],
        [
          'middle',
          middle,
          `${serverEnd(middle, between, certificate)}\n${clientEnd(between, await partPort(starting, ground, far))}`,
        ],
        ['client', client, clientEnd(client, await partPort(starting, ground, middle))],
      ]
      const pids: number[] = []
      for (const [name, port, services] of plans) {
        const program = starting.use(await startOne(workshop, ground, name, services))
        await untilListening(port, program)
        pids.push(program.pid)
      }
      const kept = starting.move()
      return { reached: { port: client }, pids, [Symbol.asyncDispose]: () => kept.disposeAsync() }
    },
  }
}

async function startOne(
  workshop: Packages,
  { scratch }: WayGround,
  name: string,
  services: string,
): Promise<Program> {
  const { root, env } = unpacked(workshop)
  const file = join(scratch, `${name}.conf`)
  const common = [
    ...['foreground = quiet', 'pid =', 'debug = 3', 'sslVersionMin = TLSv1.3'],
    ...['ciphersuites = TLS_AES_128_GCM_SHA256', 'socket = l:TCP_NODELAY=1', 'socket = r:TCP_NODELAY=1'],
  ]
  await writeFile(file, `${common.join('\n')}\n${services}`, { mode: 0o600 })
  return Program.start(join(root, 'usr/bin/stunnel4'), [file], { env })
}

const clientEnd = (accept: number, to: number) =>
  `[client${accept}]\nclient = yes\naccept = 127.0.0.1:${accept}\nconnect = 127.0.0.1:${to}\n`
const serverEnd = (accept: number, to: number, { both }: Certificate) =>
  `[server${accept}]\naccept = 127.0.0.1:${accept}\nconnect = 127.0.0.1:${to}\ncert = ${both}\n`
