import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { AgentFlags } from './gateway-commands.ts'
import { credentialsFor } from './gateway-credentials.ts'
import { testIo } from './gateway-testing.ts'

const FIRST = { codeNeeded: false, text: 'alice has to sign in.', refusals: 0 }
const CODE = { codeNeeded: true, text: 'A code is needed.', refusals: 0 }

describe('credentials of an agent', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portolan-credentials-'))
    await writeFile(join(folder, 'password'), 'from the file\n')
    await writeFile(join(folder, 'token'), 'ptk.token\n')
  })
  after(() => rm(folder, { recursive: true }))

  /** What somebody who is asked answers, in order; nobody is there for what comes after. */
  const make = (
    flags: Partial<AgentFlags>,
    env: Record<string, string> = {},
    answers: readonly string[] = [],
  ) => {
    const io = testIo({ cwd: folder, env })
    const left = [...answers]
    const questions: string[] = []
    const credentials = credentialsFor({ user: 'alice', ...flags }, io, async question => {
      questions.push(question)
      return left.shift()
    })
    return { credentials, questions, errors: io.errors }
  }

  it('are the token of a file, once', async () => {
    const { credentials } = make({ tokenFile: 'token', passwordFile: 'password' })
    assert.deepEqual(await credentials(FIRST), { token: 'ptk.token' })
    assert.equal(await credentials({ ...FIRST, refusals: 1 }), undefined)
    assert.deepEqual(await credentials(FIRST), { token: 'ptk.token' })
  })

  it('are the password of a file, before that of the environment, and neither twice', async () => {
    const { credentials, questions } = make({ passwordFile: 'password' }, { PORTOLAN_PASSWORD: 'env' })
    assert.deepEqual(await credentials(FIRST), { password: 'from the file' })
    assert.equal(await credentials({ ...FIRST, refusals: 1 }), undefined)
    const other = make({}, { PORTOLAN_PASSWORD: 'env' })
    assert.deepEqual(await other.credentials(FIRST), { password: 'env' })
    assert.equal(await other.credentials({ ...FIRST, refusals: 1 }), undefined)
    assert.deepEqual(questions, [])
  })

  it('are asked for, again after a refusal, which is told', async () => {
    const { credentials, questions, errors } = make({}, {}, ['wrong', 'right'])
    assert.deepEqual(await credentials(FIRST), { password: 'wrong' })
    assert.deepEqual(await credentials({ ...FIRST, text: 'Wrong password.', refusals: 1 }), {
      password: 'right',
    })
    assert.equal(questions.length, 2)
    assert.deepEqual(errors, ['Wrong password.'])
  })

  it('have the code of --code the first time, and ask for it afterwards', async () => {
    const { credentials, questions } = make({ passwordFile: 'password', code: '123456' }, {}, ['654321'])
    assert.deepEqual(await credentials(FIRST), { password: 'from the file', code: '123456' })
    assert.deepEqual(await credentials({ ...CODE, refusals: 1 }), {
      password: 'from the file',
      code: '654321',
    })
    assert.deepEqual(questions, ['Code of the second factor of alice (not shown): '])
  })

  it('ask for the code alone when the password was typed', async () => {
    const { credentials, questions } = make({}, {}, ['typed', '123456'])
    assert.deepEqual(await credentials(FIRST), { password: 'typed' })
    assert.deepEqual(await credentials(CODE), { password: 'typed', code: '123456' })
    assert.equal(questions.length, 2)
  })

  it('are none, in words, where nobody can be asked', async () => {
    const { credentials, errors } = make({})
    assert.equal(await credentials(FIRST), undefined)
    assert.match(errors.join(), /--password-file or PORTOLAN_PASSWORD/)
  })
})
