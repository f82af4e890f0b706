import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { complete } from './completion.ts'

let cwd = ''
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'completion-'))
  await mkdir(join(cwd, 'local'))
  await writeFile(join(cwd, 'local', 'file'), '')
})
after(() => rm(cwd, { recursive: true, force: true }))

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  '': ['pub/', 'private/', 'a b.txt', 'readme', '.hidden'],
  'pub/': ['x.csv', 'y.csv'],
}
const KINDS: Readonly<Record<string, 'remote' | 'local' | 'command'>> = {
  get: 'remote',
  put: 'local',
  help: 'command',
}

const table: [line: string, offers: string[], typed: string][] = [
  ['', ['get ', 'help ', 'put '], ''],
  ['g', ['get '], 'g'],
  ['x', [], 'x'],
  ['get ', ['a\\ b.txt', 'private/', 'pub/', 'readme'], ''],
  ['get p', ['private/', 'pub/'], 'p'],
  ['get r', ['readme '], 'r'],
  ['get .', ['.hidden '], '.'],
  ['get pub/', ['pub/x.csv', 'pub/y.csv'], 'pub/'],
  ['get pub/x', ['pub/x.csv '], 'pub/x'],
  ['get "a b', ['a\\ b.txt '], '"a b'],
  ['get a\\ ', ['a\\ b.txt '], 'a\\ '],
  ['get readme pu', ['pub/'], 'pu'],
  ['get -', [], '-'],
  ['get nowhere/', [], 'nowhere/'],
  ['put lo', ['local/'], 'lo'],
  ['put local/', ['local/file '], 'local/'],
  ['help p', ['put'], 'p'],
  ['foo x', [], 'x'],
]

for (const [line, offers, typed] of table) {
  test(`Tab after ${JSON.stringify(line)} offers ${JSON.stringify(offers)}`, async () => {
    const source = {
      commands: ['get', 'put', 'help'],
      completes: (command: string) => KINDS[command],
      remoteNames: async (folder: string) => FOLDERS[folder] ?? [],
      cwd,
    }
    assert.deepEqual(await complete(line, source), [offers, typed])
  })
}
