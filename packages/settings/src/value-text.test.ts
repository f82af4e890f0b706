import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readValueText } from './value-text.ts'

const cases: { path: string; text: string; value: unknown }[] = [
  { path: 'passive.basePort', text: '61000', value: 61_000 },
  { path: 'passive.enabled', text: 'false', value: false },
  { path: 'timeouts.idle', text: '5m', value: '5m' },
  { path: 'timeouts.idle', text: '90', value: 90 },
  { path: 'bans.exempt', text: '[10.0.0.0/8, "::1"]', value: ['10.0.0.0/8', '::1'] },
  { path: 'bans.exempt', text: '10.0.0.0/8', value: '10.0.0.0/8' },
  { path: 'metrics', text: '{ host: 0.0.0.0, port: 9000 }', value: { host: '0.0.0.0', port: 9000 } },
  { path: 'uploads.umask', text: '022', value: '022' },
  { path: 'uploads.umask', text: "'022'", value: '022' },
  { path: 'server.name', text: '42', value: '42' },
  { path: 'messages.greeting', text: 'Hello: be nice', value: 'Hello: be nice' },
  { path: 'messages.replies["file.denied"]', text: 'true', value: 'true' },
  { path: 'metrics', text: '', value: null },
  { path: 'no.such.setting', text: 'x', value: 'x' },
]

for (const { path, text, value } of cases) {
  test(`the text ${JSON.stringify(text)} for ${path} is ${JSON.stringify(value)}`, async () => {
    assert.deepEqual(await readValueText(path, text), { value })
  })
}

for (const text of ['[1, 2', '{ a: 1', 'a: b: c', '[&a [x], *a]', '*a']) {
  test(`the text ${text} is refused in words`, async () => {
    const read = await readValueText('metrics', text)
    assert.ok('wrong' in read, JSON.stringify(read))
    assert.match(read.wrong, /^(is not YAML: |must not hold aliases)/)
  })
}

test('whatever is typed, it is a value or a sentence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'[]{}:,&*!|>-?\'"# \n\tab1') }), async text => {
      const read = await readValueText('metrics', text)
      assert.ok('value' in read || read.wrong.length > 0)
    }),
  )
})
