import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSite, testZone } from './testing-values.ts'
import { activeProblem, zoneOf } from './zone-of.ts'

const [plain, standard] = [testZone({ name: 'plain' }), testZone({ name: 'standard', isDefault: true })]

test('a site leaves by the zone that it names, else by the default one, else directly', () => {
  assert.equal(zoneOf(testSite({ zone: 'plain' }), [plain, standard]), plain)
  assert.equal(zoneOf(testSite(), [plain, standard]), standard)
  assert.equal(zoneOf(testSite({ zone: 'none' }), [plain, standard]), undefined)
  assert.equal(zoneOf(testSite(), [plain]), undefined)
})

test('a zone that is gone is no way to go directly', () => {
  assert.throws(() => zoneOf(testSite({ zone: 'gone' }), [standard]), { code: 'TRANSFER_MISSING' })
})

test('active mode goes directly alone', () => {
  const active = testSite({ enableActiveMode: true })
  assert.equal(activeProblem(active, undefined), undefined)
  assert.equal(activeProblem(testSite(), standard), undefined)
  const problem = activeProblem(active, standard)
  assert.equal(problem?.code, 'TRANSFER_ACTIVE_ZONE')
  assert.match(problem?.message ?? '', /SOCKS5 proxy of the default network zone standard only dials out/)
})
