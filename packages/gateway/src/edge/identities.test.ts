import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIdentities } from './identities.ts'

const setup = (waitMs = 5_000) => {
  const asked: string[] = []
  return { asked, identities: createIdentities(user => asked.push(user), waitMs) }
}

test('many who wait for the same user ask once', async () => {
  const { asked, identities } = setup()
  const waiting = [identities.of('anna'), identities.of('anna'), identities.of('anna')]
  identities.said('anna', { groups: ['staff'] })
  assert.deepEqual(await Promise.all(waiting), Array(3).fill({ groups: ['staff'] }))
  assert.deepEqual(asked, ['anna'])
  assert.deepEqual(await identities.of('anna'), { groups: ['staff'] })
  assert.deepEqual(asked, ['anna'])
})

test('the newest word counts', async () => {
  const { identities } = setup()
  void identities.of('anna')
  identities.said('anna', { groups: ['staff'] })
  identities.said('anna', 'gone')
  assert.equal(await identities.of('anna'), 'gone')
  assert.equal(identities.known('anna'), 'gone')
})

test('a controller that does not answer is waited for with a bound, and asked again by the next', async () => {
  const { asked, identities } = setup(10)
  assert.equal(await identities.of('anna'), 'unanswered')
  assert.equal(await identities.of('anna'), 'unanswered')
  assert.deepEqual(asked, ['anna', 'anna'])
})

test('what the controller before said is asked anew, and not gone by meanwhile', async () => {
  const { asked, identities } = setup()
  void identities.of('anna')
  identities.said('anna', { groups: ['staff'] })
  identities.renew()
  assert.deepEqual(asked, ['anna', 'anna'])
  assert.equal(identities.known('anna'), undefined)
  const waiting = identities.of('anna')
  identities.said('anna', { groups: [] })
  assert.deepEqual(await waiting, { groups: [] })
})

test('what is said of users whom nobody asked for is not kept', () => {
  const { identities } = setup()
  identities.said('anna', { groups: [] })
  assert.equal(identities.known('anna'), undefined)
})

test('a user that was forgotten is asked for again', () => {
  const { asked, identities } = setup()
  void identities.of('anna')
  identities.said('anna', { groups: [] })
  identities.forget('anna')
  void identities.of('anna')
  identities.said('anna', { groups: [] })
  assert.deepEqual(asked, ['anna', 'anna'])
})
