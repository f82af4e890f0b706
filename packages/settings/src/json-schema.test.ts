import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  describeSetting,
  type JsonSchema,
  schemaAt,
  settingsJsonSchema,
  settingsNamed,
} from './json-schema.ts'

function* settings(schema: JsonSchema, path: string): Generator<{ path: string; schema: JsonSchema }> {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    yield { path: `${path}.${key}`, schema: child }
    yield* settings(child, `${path}.${key}`)
  }
  for (const child of [schema.items, ...(schema.anyOf ?? [])]) if (child) yield* settings(child, path)
}

test('every setting says what it is for, in a whole sentence', () => {
  const all = [...settings(settingsJsonSchema(), '')]
  assert.ok(all.length > 100, String(all.length))
  for (const { path, schema } of all) {
    assert.match(schema.description ?? '', /^\S.*\.$/s, `${path}: ${schema.description}`)
  }
})

test('every setting with a default names it', () => {
  for (const { path, schema } of settings(settingsJsonSchema(), '')) {
    const { default: standard, description } = schema
    const isPlain =
      typeof standard === 'number' || typeof standard === 'string' || typeof standard === 'boolean'
    if (isPlain) assert.match(description ?? '', /[Dd]efault/, path)
  }
})

test('the schema is JSON Schema that refuses what it does not know', () => {
  const schema = settingsJsonSchema()
  assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
  assert.equal(schema.additionalProperties, false)
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema)
})

test('schemaAt: finds settings within lists and within alternatives', () => {
  assert.equal(schemaAt(['timeouts', 'idle'])?.['x-unit'], 'duration')
  assert.equal(schemaAt(['users', 3, 'quota', 'bytes'])?.['x-unit'], 'size')
  assert.equal(schemaAt(['users', 0, 'uploadRate'])?.['x-unit'], 'rate')
  assert.equal(schemaAt(['users', 'home']), undefined)
  assert.equal(schemaAt(['no', 'such']), undefined)
})

test('schemaAt: keys that are free have the schema of all of them, and no key is one by accident', () => {
  assert.equal(schemaAt(['messages', 'replies', 'file.denied'])?.type, 'string')
  for (const key of ['__proto__', 'constructor', 'toString'])
    assert.equal(schemaAt(['limits', key]), undefined)
})

test('describeSetting: an item of a list has the words of the list', () => {
  assert.match(describeSetting('bans.exempt[3]'), /^Client addresses that are never banned\./)
  assert.match(describeSetting('listeners[0].port'), /^TCP port of control connections\./)
  assert.equal(describeSetting('no.such'), '')
})

test('settingsNamed: finds every place of a name', () => {
  assert.deepEqual(settingsNamed('idle'), ['timeouts.idle'])
  assert.deepEqual(settingsNamed('home'), ['users.home', 'anonymous.home'])
  assert.deepEqual(settingsNamed('nothing'), [])
})
