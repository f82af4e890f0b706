import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { SCRIPTS } from './dialogues/index.ts'
import { play } from './dialogues/play.ts'
import { openStage } from './dialogues/stage.ts'
import type { Embedded } from './support/embedded.ts'

describe('every line of a dialogue gets exactly one final reply, in order, and the session stays usable', {
  concurrency: 8,
}, () => {
  let stage: Embedded
  before(async () => {
    stage = await openStage()
  })
  after(() => stage[Symbol.asyncDispose]())

  for (const [number, script] of SCRIPTS.entries()) {
    it(script.name, () => play(script, stage, number))
  }
})

describe('the table of dialogues', () => {
  it('has 120 or more, and no two of one name', () => {
    assert.ok(SCRIPTS.length >= 120, `${SCRIPTS.length} dialogues`)
    const names = SCRIPTS.map(({ name }) => name)
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    )
  })
})
