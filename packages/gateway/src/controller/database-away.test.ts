import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openStore } from '@portolan/store'
import { dialAsEdge, startTestController } from './testing-controller.ts'

describe('a controller whose database is away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-away-'))
  after(() => rm(folder, { recursive: true, force: true }))

  it('says so to those who enrol or sign in, and its edges go on', async () => {
    const store = await openStore({ folder })
    await using test = await startTestController({ store })
    const edge = await dialAsEdge(test.address, await test.member('edge', 'north'))
    await edge.of('members')
    await store[Symbol.asyncDispose]()
    const signIn = { type: 'sign-in', user: 'alice', password: 'secret', code: '000000' } as const
    const asks = [
      () => test.ask({ ...signIn, device: 'laptop', labels: [], version: '1' }),
      () => test.enrol('edge', 'south', { key: 'k', secret: 's' }),
    ]
    for (const asked of asks)
      await assert.rejects(asked, {
        code: 'GATEWAY_UNREACHABLE',
        message: /[Tt]ry again later|try again later/,
      })
    const before = edge.said.all.length
    await edge.said.first(said => said.type === 'alive' && edge.said.all.indexOf(said) >= before)
    assert.equal(test.controller.live().length, 1)
    const decision = test.controller.why(
      { user: 'alice', clientAddress: '', deviceLabels: [] },
      { host: 'x', port: 1 },
    )
    assert.equal((await decision).status?.code, 'POL_NO_SEGMENT')
  })
})
