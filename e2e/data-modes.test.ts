import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { announcement, dial, listen, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { PASSWORD } from './support/embedded.ts'
import { client, logIn, startImpatient } from './support/impatient.ts'
import { freePorts } from './support/ports.ts'
import { begin, get, put } from './support/transfers.ts'

/** More than two sockets hold: a download of it runs until its client reads. */
const LARGE = 12 * 1024 * 1024

describe('a data connection', { concurrency: 4 }, () => {
  it('whose client does not read is broken off', async () => {
    await using server = await startImpatient()
    await using dialogue = await logIn(server, client(0))
    await writeFile(join(server.home('alice'), 'large.bin'), Buffer.alloc(LARGE))
    await using _link = await begin(dialogue, 'RETR large.bin')
    await dialogue.expect(426)
    const { verdict } = await server.events.wait('transfer-ended')
    assert.equal(verdict, 'broken')
    await dialogue.quit()
  })

  it('whose client sends nothing and does not end is broken off', async () => {
    await using server = await startImpatient()
    await using dialogue = await logIn(server, client(0))
    await using _link = await begin(dialogue, 'STOR x.bin')
    await dialogue.expect(426)
    await dialogue.quit()
  })

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`whose client does not begin ${version} is given up`, async () => {
      await using server = await startImpatient(
        {},
        { settings: { tls: { selfSigned: true }, timeouts: { handshake: '1s' } } },
      )
      await using dialogue = await Dialogue.begin(server.at())
      await dialogue.secure(version)
      await dialogue.logIn('alice', PASSWORD)
      await using _link = await dial(await passive(dialogue), dialogue.from)
      await dialogue.ask('STOR x.bin', 150)
      await dialogue.expect(425, /TLS/)
      assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
    })

    it(`has to resume the ${version} session of its own control connection when reuse is required`, async () => {
      await using server = await startImpatient(
        {},
        { settings: { tls: { selfSigned: true, sessionReuse: 'required' } } },
      )
      await using dialogue = await Dialogue.begin(server.at())
      await dialogue.secure(version)
      await dialogue.logIn('alice', PASSWORD)
      assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
      const { sessions } = dialogue
      assert.ok(sessions)

      await using fresh = await dial(await passive(dialogue), dialogue.from)
      await dialogue.ask('NLST', 150)
      await fresh.secure(sessions, { resume: false })
      await dialogue.expect(522, /tls\.sessionReuse/)

      await using thief = await Dialogue.begin(server.at())
      await thief.secure(version)
      await thief.logIn('alice', PASSWORD)
      await using stolen = await dial(await passive(dialogue), dialogue.from)
      await dialogue.ask('NLST', 150)
      assert.ok(thief.sessions)
      await stolen.secure(thief.sessions).catch(() => {})
      await dialogue.expect(522)
      assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
    })
  }
})

describe('active mode', { concurrency: 4 }, () => {
  it('to a port where nobody listens is 425 with advice', async () => {
    await using server = await startImpatient()
    await using dialogue = await logIn(server, client(0))
    const { basePort } = await freePorts(1)
    await dialogue.ask(announcement('PORT', { host: dialogue.from, port: basePort }), 200)
    await dialogue.ask('NLST', 425, /passive mode/)
    await dialogue.ask('NLST', 425, /EPSV/)
    assert.deepEqual(await get(dialogue, 'NLST', 'PORT').then(String), '')
  })

  it('dials only when the transfer begins', async () => {
    await using server = await startImpatient()
    await using dialogue = await logIn(server, client(0))
    const { basePort } = await freePorts(1)
    await dialogue.ask(announcement('EPRT', { host: dialogue.from, port: basePort }), 200)
    await using listener = await occupy(basePort, dialogue.from)
    const arrived = new Promise<void>(resolve => listener.once('connection', () => resolve()))
    await dialogue.ask('NLST', 150)
    await arrived
    await dialogue.expect(226)
  })

  it('comes from the configured range alone, around ports that are busy', async () => {
    const range = await freePorts(3)
    await using server = await startImpatient({}, { settings: { active: { ...range, enabled: true } } })
    await using dialogue = await logIn(server, client(0))
    await using _busy = await occupy(range.basePort + 1, '127.0.0.1')
    const seen = new Set<number | undefined>()
    for (let round = 0; round < 12; round += 1) {
      await using link = await begin(dialogue, 'NLST', round % 2 === 0 ? 'PORT' : 'EPRT')
      seen.add(link.raw.remotePort)
      assert.equal(link.raw.remoteAddress, '127.0.0.1')
      await link.readAll()
      await dialogue.expect(226)
    }
    const allowed = new Set([range.basePort, range.basePort + 2])
    assert.ok(seen.isSubsetOf(allowed), `${[...seen]} are not all in ${[...allowed]}`)
  })

  it('says so when every port of the range is busy, and goes on when one is free', async () => {
    const range = await freePorts(1)
    await using server = await startImpatient({}, { settings: { active: { ...range, enabled: true } } })
    await using dialogue = await logIn(server, client(0))
    await using busy = await occupy(range.basePort, '127.0.0.1')
    await using port = await listen(dialogue)
    await dialogue.ask(announcement('PORT', port), 200)
    await dialogue.ask('NLST', 425, /active range/)
    await new Promise(resolve => busy.close(resolve))
    assert.deepEqual(await get(dialogue, 'NLST', 'PORT').then(String), '')
  })

  it('can be switched off, as passive mode can', async () => {
    await using passiveOnly = await startImpatient({}, { settings: { active: { enabled: false } } })
    await using first = await logIn(passiveOnly, client(0))
    await first.ask('PORT 127,0,0,2,200,1', 502, /passive/)
    await using activeOnly = await startImpatient({ enabled: false })
    await using second = await logIn(activeOnly, client(0))
    await second.ask('EPSV', 502, /active/)
    await second.ask('PASV', 502)
    assert.deepEqual(await get(second, 'NLST', 'EPRT').then(String), '')
  })
})

describe('IPv6', () => {
  it('has EPSV and EPRT, and says what to do instead of PASV', async () => {
    await using server = await startImpatient({}, { settings: { listeners: [{ host: '::1', port: 0 }] } })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.logIn('alice', PASSWORD)
    await dialogue.ask('PASV', 425, /EPSV/)
    await dialogue.ask('EPSV 1', 522, /\(2\)/)
    await dialogue.ask('EPRT |1|127.0.0.1|50000|', 500)
    for (const way of ['EPSV', 'EPRT'] as const) {
      await put(dialogue, `STOR ${way}.txt`, way, way)
      assert.equal((await get(dialogue, `RETR ${way}.txt`, way)).toString(), way)
    }
    await dialogue.quit()
  })
})

async function occupy(port: number, host: string): Promise<Server> {
  const server = createServer(socket =>
    socket
      .on('error', () => {})
      .resume()
      .end(),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, resolve)
  })
  return server
}
