import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classOf, emptyRow, problemsOfRow, rowOf, sameClasses, sentenceOf } from './class-draft.ts'

const partner = { name: 'partner1', enabled: true, users: 'acme-*', from: '198.51.100.0/24' }

test('a class that was read and is saved unchanged stays as it was', () => {
  assert.deepEqual(classOf(rowOf(partner)), partner)
  assert.deepEqual(classOf(rowOf({ name: 'all', enabled: false })), { name: 'all', enabled: false })
})

test('rows are told apart by what they say, not by their keys', () => {
  assert.equal(sameClasses([rowOf(partner)], [rowOf(partner)]), true)
  assert.equal(sameClasses([rowOf(partner)], [rowOf({ ...partner, enabled: false })]), false)
  assert.equal(sameClasses([rowOf(partner), emptyRow()], [emptyRow(), rowOf(partner)]), false)
})

test('a class is told as a sentence', () => {
  assert.equal(sentenceOf(rowOf(partner)), 'users acme-* from 198.51.100.0/24')
  assert.equal(sentenceOf(emptyRow()), 'every user')
  assert.equal(sentenceOf({ ...emptyRow(), groups: 'staff' }), 'every user in groups staff')
})

test('a mistake is found by its row and field, however its path is written', () => {
  const errors = [
    { path: 'classes[1].name', message: 'is taken' },
    { path: 'userClasses.1.from', message: 'is no network' },
    { path: 'userClasses[10].name', message: 'is odd' },
    { path: 'classes[0]', message: 'is empty' },
    { path: 'other', message: 'x' },
  ]
  assert.deepEqual(problemsOfRow(errors, 1), { name: 'is taken', from: 'is no network' })
  assert.deepEqual(problemsOfRow(errors, 0), { name: 'is empty' })
  assert.deepEqual(problemsOfRow(errors, 2), {})
})
