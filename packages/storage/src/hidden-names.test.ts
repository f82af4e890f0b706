import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inFlightName, isHidden, keptName, kindOfHidden } from './hidden-names.ts'

test('a kept part has one name for each owner and file', () => {
  assert.equal(keptName('ann', 'f'), keptName('ann', 'f'))
  const names = [
    keptName('ann', 'f'),
    keptName('bob', 'f'),
    keptName('ann', 'g'),
    keptName('an', 'nf'),
    keptName('ann\0', 'f'),
    keptName('ann', '\udc80'),
    keptName('ann', '\udc81'),
    keptName('ann', '\ufffd'),
  ]
  assert.equal(new Set(names).size, names.length)
})

test('two uploads never share a name', () => {
  assert.notEqual(inFlightName(), inFlightName())
})

test('our names are hidden in any case of letters, and no others are', () => {
  for (const name of [inFlightName(), keptName('', ''), '.portolan-', '.PorTolan-x'])
    assert.ok(isHidden(name), name)
  for (const name of ['.portolan', 'portolan-x', '..portolan-x', '', '.']) assert.ok(!isHidden(name), name)
})

test('an upload in flight and a kept one are told apart by their names', () => {
  assert.equal(kindOfHidden(inFlightName()), 'in flight')
  assert.equal(kindOfHidden(keptName('ann', 'f')), 'kept')
  assert.equal(kindOfHidden('.portolan-else'), undefined)
})
