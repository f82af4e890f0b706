import assert from 'node:assert/strict'
import { test } from 'node:test'
import { works } from '../works/index.ts'
import { clientWorks } from './index.ts'

test('no two works share a name, servers and clients together', () => {
  const names = [...works, ...clientWorks].map(work => work.name)
  assert.equal(new Set(names).size, names.length)
})

test('only rows over the delayed link let the clients work at the same time', () => {
  for (const { together, distance } of clientWorks) assert.equal(together, distance === 'far')
})

test('every row is measured against both servers', () => {
  const without = (server: string) =>
    clientWorks.filter(work => work.server === server).map(work => work.name.replace(`-${server}`, ''))
  assert.deepEqual(without('vsftpd'), without('portolan'))
})
