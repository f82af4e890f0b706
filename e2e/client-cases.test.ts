import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { CASES } from './client-cases/cases/index.ts'
import { type FilteredPort, filteredPort } from './client-cases/ports.ts'
import { runCase, whyNot } from './client-cases/run-case.ts'

describe('whatever a server does, the client ends with the right result or a typed error, and leaves nothing behind', {
  concurrency: 16,
}, () => {
  let filtered: FilteredPort
  before(async () => {
    filtered = await filteredPort()
  })
  after(() => filtered[Symbol.asyncDispose]())

  for (const one of CASES) it(one.name, { skip: whyNot(one) }, () => runCase(one, filtered.port))
})

describe('the table of cases', () => {
  it('has 90 or more, and no two of one name', () => {
    assert.ok(CASES.length >= 90, `${CASES.length} cases`)
    const names = CASES.map(({ name }) => name)
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    )
  })
})
