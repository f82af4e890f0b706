import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modeText, speedText, tlsText } from './transfer-texts.ts'

test('the speed of a transfer is told when it took long enough to have one', () => {
  assert.equal(speedText({ bytes: 2_097_152, ms: 1000 }), '2 MiB/s')
  assert.equal(speedText({ bytes: 100, ms: 3 }), '')
  assert.equal(speedText({ bytes: 0, ms: 5000 }), '')
})

test('mode and protection are told in words', () => {
  assert.equal(modeText('passive'), 'passive mode')
  assert.equal(modeText('web'), 'web console')
  assert.equal(tlsText(''), 'not encrypted')
  assert.equal(tlsText('TLSv1.3'), 'TLSv1.3')
})
