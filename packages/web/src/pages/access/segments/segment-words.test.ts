import assert from 'node:assert/strict'
import { test } from 'node:test'
import { segmentView } from '@portolan/console/contract'
import { adviceOf, BYPASSES, bypassText, HEALTH_REPORTINGS } from './segment-words.ts'

test('every bypass and every health reporting of the model can be chosen', () => {
  assert.deepEqual(
    BYPASSES.map(({ value }) => value).toSorted(),
    segmentView.shape.bypass.unwrap().options.toSorted(),
  )
  assert.deepEqual(
    HEALTH_REPORTINGS.map(({ value }) => value).toSorted(),
    segmentView.shape.healthReporting.unwrap().options.toSorted(),
  )
})

test('a table says in a word when a segment is bypassed', () => {
  assert.deepEqual(
    BYPASSES.map(({ value }) => bypassText(value)),
    ['by policy', 'never', 'on net', 'always'],
  )
})

test('FTP without inspection is told why it needs addresses, all ports and no probes', () => {
  const { lines } = adviceOf({ protocol: 'ftp', inspection: 'off' })
  assert.match(lines.join(' '), /IP addresses.*passive range.*probe/s)
  assert.doesNotMatch(adviceOf({ protocol: 'ftp', inspection: 'ftp' }).lines.join(' '), /probe/)
})
