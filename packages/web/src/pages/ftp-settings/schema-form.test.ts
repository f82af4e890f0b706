import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsJsonSchema } from '@portolan/settings'
import { optionTexts } from './option-texts.ts'
import { type Field, type FormSchema, fieldOf, labelOf, problemOf, settingsBelow } from './schema-form.ts'

const whole = fieldOf(settingsJsonSchema() as FormSchema, [])
const settings = [...settingsBelow(whole)]
const named = (path: string): Field => {
  const field = settings.find(setting => setting.path === path)
  assert.ok(field, path)
  return field
}

test('the kind of a field follows from its schema', () => {
  for (const [path, kind] of [
    ['passive.enabled', 'switch'],
    ['passive.basePort', 'number'],
    ['passive.sharing', 'choice'],
    ['passive.bind', 'list'],
    ['passive.waitTimeout', 'duration'],
    ['passive.addressRules', 'table'],
    ['listeners', 'table'],
    ['commands.forbidden', 'table'],
    ['messages.greeting', 'lines'],
    ['messages.goodbye', 'text'],
    ['messages.replies', 'record'],
    ['uploads.umask', 'text'],
  ] as const) {
    assert.equal(named(path).kind, kind, path)
  }
})

test('every setting of the schema is in the form once and has a description', () => {
  const paths = settings.map(({ path }) => path)
  assert.equal(new Set(paths).size, paths.length)
  assert.deepEqual(
    settings.filter(({ description }) => description === '').map(({ path }) => path),
    [],
  )
})

test('a section that is absent by default can be switched on, others are always there', () => {
  assert.equal(whole.kind, 'section')
  const sections = whole.kind === 'section' ? whole.fields.filter(field => field.kind === 'section') : []
  assert.deepEqual(
    sections.flatMap(section => (section.optional ? [section.path] : [])),
    ['metrics'],
  )
})

test('bounds and defaults come along', () => {
  const field = named('passive.numberOfPorts')
  assert.deepEqual(
    [field.default, problemOf(field, 0), problemOf(field, 1024)],
    [1024, 'must be at least 1', undefined],
  )
  assert.equal(problemOf(field, 1.5), 'must be a whole number')
  assert.equal(problemOf(field, 'many'), 'must be a whole number')
  assert.equal(problemOf(field, 70_000), 'must be at most 64512')
})

test('durations and sizes are told from other texts', () => {
  const duration = named('timeouts.idle')
  for (const good of ['5m', '500ms', ' 1.5 h ', '24d', 30]) assert.equal(problemOf(duration, good), undefined)
  for (const bad of ['5', 'soon', '-1s', '5 minutes'])
    assert.match(problemOf(duration, bad) ?? '', /duration/)
})

test('what a description says of each value is told with the value', () => {
  const texts = optionTexts(
    'off: no TLS. optional: clients may ask; as off: without one. Default optional.',
    ['off', 'optional', 'required'],
  )
  assert.deepEqual(texts, {
    off: { text: 'no TLS.' },
    optional: { text: 'clients may ask; as off: without one.' },
  })
})

test('keys become labels in words', () => {
  for (const [key, label] of [
    ['sessionsPerAddress', 'Sessions per address'],
    ['clientCa', 'Client CA'],
    ['proxyProtocol', 'PROXY protocol'],
    ['requireTls', 'Require TLS'],
    ['tls', 'TLS'],
  ] as const) {
    assert.equal(labelOf(key), label)
  }
})
