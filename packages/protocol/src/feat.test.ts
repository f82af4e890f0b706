import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatFeat, parseFeat } from './feat.ts'
import { encodeReply, reply } from './reply.ts'
import { ReplyReader } from './reply-reader.ts'

test('each feature stands on a line of its own behind one space (RFC 2389 section 3.2)', () => {
  assert.equal(
    encodeReply(formatFeat(['UTF8', 'REST STREAM'])).toString(),
    '211-Features:\r\n UTF8\r\n REST STREAM\r\n211 End\r\n',
  )
  assert.deepEqual(formatFeat([]), reply(211, 'No features'))
})

const cases: { name: string; lines: string[]; features: [string, string][] }[] = [
  {
    name: 'names and parameters',
    lines: [' MLST type*;size;', ' UTF8'],
    features: [
      ['MLST', 'type*;size;'],
      ['UTF8', ''],
    ],
  },
  {
    name: 'names in lower case, tabs and no indent',
    lines: ['utf8', '\tREST\tSTREAM '],
    features: [
      ['UTF8', ''],
      ['REST', 'STREAM'],
    ],
  },
  { name: 'a feature listed twice', lines: [' AUTH TLS', ' AUTH SSL'], features: [['AUTH', 'TLS;SSL']] },
  { name: 'empty lines', lines: ['', ' '], features: [] },
]

for (const { name, lines, features } of cases) {
  test(`parseFeat reads ${name}`, () => {
    assert.deepEqual([...parseFeat(reply(211, 'Extensions supported:', ...lines, 'END'))], features)
  })
}

test('a server without features has none', () => {
  assert.equal(parseFeat(reply(211, 'No features')).size, 0)
})

test('a client reads the features that a server writes', () => {
  const name = fc.stringMatching(/^[A-Z][A-Z0-9]{1,5}$/)
  fc.assert(
    fc.property(fc.dictionary(name, fc.stringMatching(/^(|[a-z*;=.-]{1,9})$/), { maxKeys: 6 }), features => {
      const wire = encodeReply(
        formatFeat(Object.entries(features).map(([key, value]) => `${key} ${value}`.trimEnd())),
      )
      const [read] = new ReplyReader().push(wire)
      assert.ok(read)
      assert.deepEqual([...parseFeat(read)], Object.entries(features))
    }),
  )
})
