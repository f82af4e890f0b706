import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RemoteEntry } from '@portolan/protocol'
import { entryEvent, isoTime, longLines, modeText, octal } from './entry-text.ts'

const modified = Date.UTC(2026, 10, 25, 18, 4, 5, 678)

const modes: [mode: number, text: string, digits: string][] = [
  [0o644, 'rw-r--r--', '644'],
  [0o755, 'rwxr-xr-x', '755'],
  [0o7777, 'rwsrwsrwt', '7777'],
  [0o7000, '--S--S--T', '7000'],
  [0, '---------', '000'],
]

for (const [mode, text, digits] of modes) {
  test(`${digits} is ${text}`, () => {
    assert.equal(modeText(mode), text)
    assert.equal(octal(mode), digits)
  })
}

const times: [precision: RemoteEntry['precision'], text: string][] = [
  ['day', '2026-11-25'],
  ['minute', '2026-11-25T18:04Z'],
  ['second', '2026-11-25T18:04:05Z'],
  ['ms', '2026-11-25T18:04:05Z'],
]

for (const [precision, text] of times) {
  test(`a time known to the ${precision} is ${text}`, () => {
    assert.equal(
      isoTime({ name: 'x', kind: 'file', modified, ...(precision && { precision }), raw: '' }),
      text,
    )
  })
}

test('columns are as wide as they have to be, and those that nothing fills are left out', () => {
  const entries: RemoteEntry[] = [
    { name: 'a', kind: 'file', size: 5, modified, precision: 'minute', mode: 0o644, owner: 'anna', raw: '' },
    { name: 'b', kind: 'folder', size: 4096, modified, precision: 'day', owner: 'bo', raw: '' },
    { name: 'c', kind: 'link', size: 12_345, target: 'a', mode: 0o777, raw: '' },
  ]
  assert.deepEqual(
    longLines(entries, name => name),
    [
      '-rw-r--r--  anna      5  2026-11-25T18:04Z  a',
      'd?????????  bo           2026-11-25         b',
      'lrwxrwxrwx        12345                     c -> a',
    ],
  )
  assert.deepEqual(
    longLines([{ name: 'x', kind: 'unknown', raw: '' }], name => name),
    ['?  x'],
  )
  assert.deepEqual(
    longLines([], name => name),
    [],
  )
})

test('an entry as an event has ISO times, octal permissions and no raw line', () => {
  const entry: RemoteEntry = {
    name: 'a',
    kind: 'file',
    size: 5,
    modified,
    precision: 'ms',
    mode: 0o640,
    raw: 'x',
  }
  assert.deepEqual(entryEvent(entry, 'pub/a'), {
    event: 'entry',
    path: 'pub/a',
    name: 'a',
    kind: 'file',
    size: 5,
    precision: 'ms',
    modified: '2026-11-25T18:04:05.678Z',
    mode: '640',
  })
})
