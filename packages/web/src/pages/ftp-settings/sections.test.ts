import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsJsonSchema } from '@portolan/settings'
import { emptyDraft, withReset } from './draft.ts'
import { type FormSchema, fieldOf, settingsBelow } from './schema-form.ts'
import { changesIn, sectionOf, shownAt, tabOf, tabsOf } from './sections.ts'

const schema = settingsJsonSchema() as FormSchema
const tabs = tabsOf(schema)

test('every setting but those with a page of their own is on exactly one tab', () => {
  const all = [...settingsBelow(fieldOf(schema, []))].map(({ path }) => path)
  const shown = tabs.flatMap(tab =>
    tab.fields.flatMap(field => [...settingsBelow(field)].map(({ path }) => path)),
  )
  assert.deepEqual(
    new Set(all.filter(path => !['users', 'groups', 'userClasses'].includes(path))),
    new Set(shown),
  )
  assert.equal(new Set(shown).size, shown.length)
})

test('active and passive mode come first and together', () => {
  assert.deepEqual(
    tabs[0]?.fields.map(({ path }) => path),
    ['active', 'passive'],
  )
  assert.ok(tabs[0] && sectionOf(tabs[0], 'passive'))
})

test('a path leads to the tab and the field that show it', () => {
  for (const [path, tab, field] of [
    ['passive.basePort', 'data-connections', 'passive.basePort'],
    ['passive.addressRules[2].address', 'data-connections', 'passive.addressRules'],
    ['bans.delay.first', 'bans', 'bans.delay.first'],
    ['listeners[0].port', 'listeners', 'listeners'],
    ['messages.replies["file.denied"]', 'messages', 'messages.replies'],
  ] as const) {
    assert.equal(tabOf(tabs, path)?.id, tab)
    assert.equal(shownAt(tabs, path), field)
  }
  assert.equal(tabOf(tabs, 'users[0].home'), undefined)
})

test('a tab counts the changes in it', () => {
  const draft = withReset(withReset(emptyDraft, 'passive.basePort'), 'limits.sessions')
  const counts = tabs.flatMap(tab => (changesIn(tab, draft) > 0 ? [[tab.id, changesIn(tab, draft)]] : []))
  assert.deepEqual(counts, [
    ['data-connections', 1],
    ['limits', 1],
  ])
})
