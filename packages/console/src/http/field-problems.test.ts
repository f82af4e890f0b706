import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { permissionRule, settingChange, userWrite } from '../contract/index.ts'
import { fieldProblems } from './field-problems.ts'

const problems = (schema: z.ZodType, value: unknown) =>
  fieldProblems(schema.safeParse(value).error?.issues ?? [])

test('mistakes are told as sentences, by field', () => {
  const cases: [z.ZodType, unknown, string, string][] = [
    [z.object({ a: z.string() }), {}, 'a', 'is missing'],
    [z.object({ a: z.string() }), undefined, '', 'is missing'],
    [z.object({ a: z.string() }), [], '', 'must be an object'],
    [z.object({ a: z.int() }), { a: 'x' }, 'a', 'must be a number'],
    [z.object({ a: z.int() }), { a: 1.5 }, 'a', 'must be a whole number'],
    [z.object({ a: z.array(z.string()) }), { a: 'x' }, 'a', 'must be a list'],
    [z.object({ a: z.enum(['x', 'y', 'z']) }), { a: 'w' }, 'a', 'must be x, y or z'],
    [z.object({ a: z.literal(true) }), { a: 1 }, 'a', 'must be true'],
    [z.object({ a: z.string().max(3) }), { a: 'long' }, 'a', 'must have at most 3 characters'],
    [z.object({ a: z.array(z.int()).min(1) }), { a: [] }, 'a', 'must have at least 1 entries'],
    [z.object({ a: z.number().min(5) }), { a: 4 }, 'a', 'must be at least 5'],
    [z.object({ a: z.string().regex(/^x/) }), { a: 'y' }, 'a', 'is not of the form that is wanted'],
    [z.object({ a: z.string().min(1, { error: 'must not be empty' }) }), { a: '' }, 'a', 'must not be empty'],
    [z.strictObject({ a: z.string() }), { a: 'x', 'b c': 1 }, '["b c"]', 'is not known here'],
    [permissionRule, { path: '/', allow: ['read', 5] }, 'allow[1]', 'must be a string'],
    [permissionRule, { path: '/', allow: 7 }, 'allow', 'must be all, readOnly or none, or must be a list'],
    [userWrite, { name: 'x', quota: { bytes: [] } }, 'quota.bytes', 'must be a string, or must be a number'],
    [z.array(settingChange), [{ path: '' }], '[0].path', 'must have at least 1 characters'],
  ]
  for (const [schema, value, path, message] of cases) {
    assert.deepEqual(problems(schema, value)[0], { path, message }, JSON.stringify(value))
  }
})

test('each field has one message', () => {
  const schema = z.object({ a: z.string().min(12).regex(/x/), b: z.int() })
  assert.deepEqual(
    problems(schema, { a: '', b: 'x' }).map(({ path }) => path),
    ['a', 'b'],
  )
})

test('whatever is sent, what is wrong is told in words and never repeats it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      for (const { message } of problems(userWrite, value)) {
        assert.match(message, /^(is|must) /)
        assert.doesNotMatch(message, /Invalid|undefined|\[object/)
      }
    }),
  )
})
