import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../api/client.ts'
import { placeProblems, showErrors } from './form-errors.ts'

test('a mistake goes to the field of its path, else to the nearest one above', () => {
  const { errors, rest } = placeProblems(
    [
      { path: 'name', message: 'is taken' },
      { path: 'networks[2]', message: 'is no network' },
      { path: 'folders[0].folder', message: 'is missing' },
      { path: 'quota.bytes', message: 'is too small' },
      { path: '', message: 'is odd' },
      { path: 'other.thing', message: 'is unknown' },
    ],
    ['name', 'networks', 'folders.0.folder', 'quota.bytes'],
  )
  assert.deepEqual(errors, {
    name: 'is taken',
    networks: 'is no network',
    'folders.0.folder': 'is missing',
    'quota.bytes': 'is too small',
  })
  assert.deepEqual(
    rest.map(({ path }) => path),
    ['', 'other.thing'],
  )
})

test('two mistakes of one field are both told', () => {
  const { errors } = placeProblems(
    [
      { path: 'a.0', message: 'one' },
      { path: 'a.1', message: 'two' },
    ],
    ['a'],
  )
  assert.deepEqual(errors, { a: 'one; two' })
})

test('the sentence of an answer is told apart only when no field has it', () => {
  let shown: Record<string, string> = {}
  const form = {
    setErrors(errors: Record<string, string>) {
      shown = errors
    },
  }
  const problem = { code: 'X', detail: 'All is wrong.' }
  assert.equal(showErrors(form, new ApiError(422, problem), ['a']), 'All is wrong.')
  const atField = new ApiError(422, { ...problem, errors: [{ path: 'a', message: 'must be b' }] })
  assert.equal(showErrors(form, atField, ['a']), undefined)
  assert.deepEqual(shown, { a: 'must be b' })
  const beside = new ApiError(422, { ...problem, errors: [{ path: 'z', message: 'must be b' }] })
  assert.equal(showErrors(form, beside, ['a']), 'z: must be b')
  assert.equal(showErrors(form, new Error('broke'), ['a']), 'broke')
})
