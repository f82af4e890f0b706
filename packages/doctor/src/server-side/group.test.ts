import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { breakCodeOf } from './broken.ts'
import { CAUSE_CODES, type DataFailure } from './failure.ts'
import { groupDataFailures } from './group.ts'
import { cases, failed, none } from './testing-cases.ts'

const PACKAGES = join(import.meta.dirname, '../../..')
for (const { title, failures, context = none, code, advice } of cases) {
  test(`${title}: ${code}`, () => {
    const groups = groupDataFailures(failures, context)
    assert.deepEqual(
      groups.map(group => group.code),
      [code],
    )
    assert.match(groups[0]?.advice.join('\n') ?? '', advice)
    assert.equal(groups[0]?.failures.length, failures.length)
  })
}

test('every cause can be found', () => {
  assert.deepEqual(new Set(cases.map(({ code }) => code)), new Set(CAUSE_CODES))
})

test('every code of a data connection that channels have is mapped', () => {
  const source = readFileSync(join(PACKAGES, 'channels/src/errors.ts'), 'utf8')
  const codes = [...source.matchAll(/^ {2}\| '(CHANNEL_\w+)'/gm)].flatMap(([, code]) => code ?? [])
  assert.ok(codes.length >= 11)
  for (const code of codes) {
    const [group] = groupDataFailures(failed(code), none)
    assert.notEqual(group?.code, 'OTHER', code)
  }
})

test('every refusal that the server reports as a failed data connection is mapped', () => {
  const replies = readFileSync(join(PACKAGES, 'server/src/replies.ts'), 'utf8')
  const sources = ['session/data-plan.ts', 'transfer/transfer.ts'].map(file =>
    readFileSync(join(PACKAGES, 'server/src', file), 'utf8'),
  )
  const keys = sources.flatMap(text =>
    [...text.matchAll(/(?:refuse|Refused\([\w.]*say)\('([\w.-]+)'/g)].flatMap(([, key]) => key ?? []),
  )
  assert.ok(keys.length >= 5)
  for (const key of keys) {
    const [, code, text] = new RegExp(`'${key}': \\[\\s*(\\d{3}),\\s*'([^']*)'`).exec(replies) ?? []
    const [group] = groupDataFailures(failed(`REPLY_${code}`, text), none)
    assert.notEqual(group?.code, 'OTHER', key)
  }
})

test('every sentence about a broken stream is known by its words', () => {
  const folder = join(PACKAGES, 'channels/src')
  const files = readdirSync(folder).filter(file => /^[\w-]+\.ts$/.test(file) && !file.includes('test'))
  const found = files.flatMap(file =>
    [
      ...readFileSync(join(folder, file), 'utf8').matchAll(
        /code: '(reset|truncated|tls|stalled|peer-closed|format|aborted)',\s*text: [`']([^`']+)[`']/g,
      ),
    ].map(([, code, text = '']) => ({ code, text: text.replace(/\$\{[^}]*\}/g, 'x') })),
  )
  assert.ok(found.length >= 10)
  for (const { code, text } of found) assert.equal(breakCodeOf(text), code, text)
})

test('no failure is lost or counted twice, the newest comes first in its group, the largest group first', () => {
  const failure = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom<DataFailure['kind'][]>('none', 'broken'),
    code: fc.constantFrom('CHANNEL_ACCEPT_TIMEOUT', 'CHANNEL_DIAL', 'REPLY_522', 'x'),
    text: fc.constantFrom('', 'came instead of', 'TLS'),
    user: fc.string(),
    address: fc.constantFrom('8.8.8.8', '10.0.0.1', 'no address', '::1'),
    command: fc.constant('RETR'),
    endpoint: fc.constantFrom('9.9.9.9:1', '10.0.0.1:2', '[2001:db8::1]:3', 'nothing', undefined),
  })
  fc.assert(
    fc.property(fc.array(failure), failures => {
      const groups = groupDataFailures(failures, none)
      const all = groups.flatMap(group => group.failures)
      assert.equal(all.length, failures.length)
      assert.deepEqual(new Set(all), new Set(failures))
      assert.equal(new Set(groups.map(({ code }) => code)).size, groups.length)
      const sizes = groups.map(group => group.failures.length)
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => b - a),
      )
      for (const group of groups) {
        const times = group.failures.map(one => one.at)
        assert.deepEqual(
          times,
          times.toSorted((a, b) => b - a),
        )
      }
    }),
  )
})
