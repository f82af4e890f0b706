import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchPages } from './match-pages.ts'

const pages = [
  { title: 'Overview', words: 'status' },
  { title: 'FTP Settings', words: 'passive mode address rules ports' },
  { title: 'Ports', words: 'passive range' },
  { title: 'Settings history', words: 'versions' },
]
const titles = (typed: string) => matchPages(pages, typed).map(({ title }) => title)

test('what was typed finds titles first, then other words, in any order', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['', ['Overview', 'FTP Settings', 'Ports', 'Settings history']],
    ['port', ['Ports', 'FTP Settings']],
    ['SETT', ['Settings history', 'FTP Settings']],
    ['rules passive', ['FTP Settings']],
    ['nothing like it', []],
  ]
  for (const [typed, found] of cases) assert.deepEqual(titles(typed), found, typed)
})
