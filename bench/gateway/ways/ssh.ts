import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../ports.ts'
import { Program, run } from '../../processes.ts'
import { unpacked, withoutDebian } from '../../servers/server.ts'
import { type Packages, partPort, untilListening, type WayGround, type WayKind } from './way.ts'

/**
 * `ssh -D`: one hop, one connection, SOCKS5 at its near end. sshd wants an account of the name sshd and a folder of root's: it gets both in
 * a mount namespace, so that the machine has neither.
 */
export function sshD(workshop: Packages): WayKind {
  return {
    name: 'ssh-d',
    label: 'ssh -D',
    role: 'peer',
    note: 'one hop, all streams on one connection, aes128-gcm',
    missing: () => withoutDebian(workshop) ?? withoutRoot(),
    version: async () => unpacked(workshop).versions['openssh-server'] ?? '?',
    async start(ground) {
      await using starting = new AsyncDisposableStack()
      const { scratch } = ground
      const { root, env } = unpacked(workshop)
      const key = join(scratch, 'key')
      for (const file of [key, join(scratch, 'host')])
        await run(join(root, 'usr/bin/ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', file], { env })
      const far = await freePort()
      const server = starting.use(await startServer(workshop, ground, far))
      await untilListening(far, server)
      const near = await freePort()
      const options = [
        ...['-N', '-F', 'none', '-i', key, '-p', String(await partPort(starting, ground, far))],
        ...['-c', 'aes128-gcm@openssh.com', '-D', `127.0.0.1:${near}`],
        ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes'].flatMap(one => [
          '-o',
          one,
        ]),
      ]
      const client = starting.use(
        await Program.start(join(root, 'usr/bin/ssh'), [...options, 'root@127.0.0.1'], { env }),
      )
      await untilListening(near, client)
      const kept = starting.move()
      return {
        reached: { port: near, socks: ground.server },
        pids: [server.pid, client.pid],
        [Symbol.asyncDispose]: () => kept.disposeAsync(),
      }
    },
  }
}

const withoutRoot = () =>
  process.getuid?.() === 0 ? undefined : 'needs root for a mount namespace: run as root'

async function startServer(workshop: Packages, { scratch }: WayGround, port: number): Promise<Program> {
  const { root, env } = unpacked(workshop)
  const passwd = join(scratch, 'passwd')
  await copyFile('/etc/passwd', passwd)
  if (!/^sshd:/m.test(await readFile(passwd, 'utf8')))
    await writeFile(passwd, 'sshd:x:64998:65534::/run/sshd:/usr/sbin/nologin\n', { flag: 'a' })
  const keys = join(scratch, 'authorized')
  await copyFile(join(scratch, 'key.pub'), keys)
  const config = join(scratch, 'sshd_config')
  const lines = [
    ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(scratch, 'host')}`],
    ...[`AuthorizedKeysFile ${keys}`, 'StrictModes no', 'PermitRootLogin yes', 'UsePAM no'],
    ...['AllowTcpForwarding yes', 'PidFile none', 'LogLevel ERROR'],
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  const run = join(scratch, 'run')
  await mkdir(join(run, 'sshd'), { recursive: true, mode: 0o755 })
  const command = [
    `mount --bind ${passwd} /etc/passwd`,
    `mount --bind ${run} /run`,
    `exec ${join(root, 'usr/sbin/sshd')} -D -e -f ${config}`,
  ]
  return Program.start('unshare', ['--mount', 'sh', '-c', command.join(' && ')], { env })
}
