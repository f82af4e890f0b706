import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FileEntry } from '@portolan/console/contract'
import { removalText } from './removal-text.ts'

const entry = (name: string, type: FileEntry['type'] = 'file'): FileEntry => ({
  name,
  type,
  size: 0,
  modified: 0,
  may: { read: true, rename: true, delete: true },
})

const QUESTIONS: readonly [entries: readonly FileEntry[], title: string, text: RegExp][] = [
  [[entry('a')], 'Delete “a”?', /^It will be deleted for good\. This cannot be undone\.$/],
  [[entry('d', 'folder')], 'Delete “d”?', /^The folder and everything in it will/],
  [[entry('a'), entry('b')], 'Delete 2 entries?', /^2 files will/],
  [
    [entry('a'), entry('d', 'folder')],
    'Delete 2 entries?',
    /^1 file and 1 folder with everything in it will/,
  ],
  [
    [entry('d', 'folder'), entry('e', 'folder')],
    'Delete 2 entries?',
    /^2 folders with everything in them will/,
  ],
  [[entry('l', 'link')], 'Delete “l”?', /^It will/],
]

for (const [entries, title, text] of QUESTIONS) {
  test(`${title} for ${entries.map(({ type }) => type).join(', ')}`, () => {
    const question = removalText(entries)
    assert.equal(question.title, title)
    assert.match(question.text, text)
  })
}
