import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { SegmentInput } from '@portolan/gateway'
import type { Program } from '../../bench/processes.ts'
import { skipNetwork } from '../lab/network/namespaces.ts'
import { mustSucceed } from '../support/programs.ts'
import { type AccessPath, AT, buildAccessPath } from './access-path.ts'

const FTP: SegmentInput = {
  ...{ name: 'ftp', applications: [AT.server, AT.server6], ports: [{ from: 21, to: 21 }] },
  ...{ inspection: 'ftp', segmentGroup: 'all', serverGroup: 'servers' },
}
const DENIED: SegmentInput = { ...FTP, name: 'locked', applications: [AT.otherServer] }
/** Has the edge itself among its addresses: an agent that catches its own connections never gets out. */
const WIDE: SegmentInput = {
  ...{ name: 'wide', applications: ['198.51.100.0/24', '10.9.0.0/16'], ports: [{ from: 1, to: 65_535 }] },
  ...{ segmentGroup: 'all', serverGroup: 'servers' },
}

const skip = skipNetwork()

/** Whether the packet filter of the user's machine has the agent's tables. */
async function tables({ user }: AccessPath): Promise<string[]> {
  const { stdout } = mustSucceed('nft', await user.run('nft', ['list', 'tables']))
  return stdout.split('\n').filter(line => line.includes('portolan_agent'))
}

/** As a user does it, who waits for what is open to end. */
async function end(program: Program): Promise<void> {
  process.kill(program.pid, 'SIGTERM')
  assert.equal(await program.exit(), 0, program.errors)
}

describe('a transparent agent', { skip, timeout: 120_000 }, () => {
  it('lets programs that know nothing of it reach a server that they have no route to', async () => {
    await using path = await buildAccessPath({ segments: [FTP, DENIED, WIDE], denied: ['locked'] })
    await using server = await path.startServer('portolan')
    await server.give('hello.txt', 'hello')
    const curl = (...args: readonly string[]) =>
      path.user.run('curl', ['-sS', '--max-time', '20', '-u', `${server.user}:${server.password}`, ...args])
    const url = `ftp://${AT.server}/hello.txt`
    assert.equal((await curl('--connect-timeout', '1', url)).code, 28)

    const { program, lines } = await path.startAgent(['--transparent'])
    assert.ok(lines.includes(`try: curl ftp://${AT.server}/`), lines.join('\n'))
    for (const flags of [[], ['--disable-epsv'], ['--disable-epsv', '--no-ftp-skip-pasv-ip']]) {
      const { stdout } = mustSucceed('curl', await curl(...flags, url))
      assert.equal(stdout, 'hello', flags.join(' '))
    }
    const file = join(path.folder, 'up.bin')
    await writeFile(file, Buffer.alloc(3_000_000, 'x'))
    mustSucceed('curl', await curl('-T', file, `ftp://${AT.server}/up.bin`))
    const login = `${server.user},${server.password}`
    const lftp = `set net:timeout 10; set net:max-retries 1; open -u ${login} ${AT.server}; cls -s up.bin; cat hello.txt`
    const { stdout } = mustSucceed('lftp', await path.user.run('lftp', ['-c', lftp]))
    assert.match(stdout, /2930 up\.bin|up\.bin/)
    assert.match(stdout, /hello/)

    // The kernel has accepted before anybody is asked: a refusal is a reset, at once.
    const denied = await curl(`ftp://${AT.otherServer}/`)
    assert.ok(denied.code === 56 || denied.code === 7, denied.stderr)
    await end(program)
    assert.match(program.errors, /Ask Anna\./)
    assert.deepEqual(await tables(path), [])
  })

  it('does so over IPv6', async () => {
    await using path = await buildAccessPath({ segments: [FTP] })
    await writeFile(join(path.folder, 'hello.txt'), 'hello')
    const serve = ['serve', path.folder, '--listen', `[${AT.server6}]:21`, '--user', 'bob:pass']
    await path.startNearServer(serve)
    await path.startAgent(['--transparent'])
    const url = `ftp://bob:pass@[${AT.server6}]/hello.txt`
    const { stdout } = mustSucceed('curl', await path.user.run('curl', ['-sS', '--max-time', '20', url]))
    assert.equal(stdout, 'hello')
  })

  it('leaves no rules behind that the next start would not take away', async () => {
    await using path = await buildAccessPath({ segments: [FTP] })
    const first = await path.startAgent(['--transparent'])
    assert.equal((await tables(path)).length, 2)
    first.program.kill()
    await first.program.exit()
    assert.equal((await tables(path)).length, 2)
    const second = await path.startAgent(['--socks', '127.0.0.1:1080', '--transparent'])
    await end(second.program)
    assert.deepEqual(await tables(path), [])
  })

  it('says what it needs where it may not administer the network', async () => {
    await using path = await buildAccessPath({ segments: [FTP] })
    const told = await path.user.run('setpriv', [
      ...['--bounding-set', '-net_admin', '--inh-caps', '-net_admin'],
      ...[process.execPath, new URL('../../packages/cli/bin/portolan.mjs', import.meta.url).pathname],
      ...['agent', '--user', 'alice', '--transparent', '--data', join(path.folder, 'other')],
    ])
    assert.equal(told.code, 2, told.stderr)
    assert.match(told.stderr, /CAP_NET_ADMIN/)
  })
})
