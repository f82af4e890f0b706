import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

/** What is large and rarely used: each costs megabytes of every node when it is loaded with the rest. */
const LATER = /\/(ajv|pg|yazl|@fastify\/swagger|@peculiar\/x509)\/|packages\/(doctor|client)\//

const PROGRAM = `
import { registerHooks } from 'node:module'
const urls = []
registerHooks({ resolve(name, context, next) { const found = next(name, context); urls.push(found.url); return found } })
await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)})
const builtin = process.moduleLoadList.filter(name => name.includes('undici'))
console.log(JSON.stringify([...new Set(urls), ...builtin]))
`

test('a node does not load what it rarely uses with the rest', () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM], { encoding: 'utf8' })
  const loaded: unknown = JSON.parse(output)
  assert.ok(Array.isArray(loaded))
  const names = loaded.map(String)
  // The list is what was loaded, and not empty for another reason.
  assert.ok(names.some(name => name.includes('/fastify/')))
  assert.deepEqual(
    names.filter(name => LATER.test(name) || name.includes('undici')),
    [],
  )
})
