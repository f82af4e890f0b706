import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import {
  type LoadedSettings,
  parseSettings,
  type Settings,
  SettingsError,
  type SettingsInput,
} from '@portolan/settings'
import { pino } from 'pino'
import { createReloader } from './reload.ts'

/** A log that can be read: each line of it is an event. */
function readableLog() {
  const lines: string[] = []
  const stream = new PassThrough()
  stream.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.trim().split('\n')) lines.push(String(JSON.parse(line).msg))
    stream.emit('lines')
  })
  const until = async (count: number) => {
    while (lines.length < count) await once(stream, 'lines', { signal: AbortSignal.timeout(5_000) })
    return lines
  }
  return { logger: pino(stream), until }
}

function loaded(input: SettingsInput): LoadedSettings {
  return {
    settings: parseSettings(input),
    origins: new Map(),
    flags: new Map(),
    file: {},
    hidden: [],
    warnings: [{ path: 'x', message: 'mind this' }],
  }
}

test('new settings are put in force, with their warnings and their level of log', async () => {
  const { logger, until } = readableLog()
  const taken: Settings[] = []
  const next = loaded({ log: { level: 'warn' }, metrics: { port: 1 } })
  const server = { reload: async (settings: SettingsInput) => void taken.push(parseSettings(settings)) }
  createReloader(server, { load: async () => next }, parseSettings({}), logger).reload()
  assert.deepEqual(await until(2), [
    'x: mind this',
    'the setting metrics has changed: it takes effect at the next start',
  ])
  assert.deepEqual(taken, [next.settings])
  assert.equal(logger.level, 'warn')
})

test('settings with mistakes are told line by line, and nothing changes', async () => {
  const { logger, until } = readableLog()
  const problems = [
    { path: 'a', message: 'is wrong' },
    { path: 'b', message: 'is wrong, too' },
  ]
  const server = { reload: () => assert.fail('it was taken') }
  const load = () => Promise.reject(new SettingsError('SETTINGS_INVALID', problems))
  createReloader(server, { load }, parseSettings({}), logger).reload()
  assert.deepEqual(await until(3), ['a: is wrong', 'b: is wrong, too', 'the old settings stay in force'])
})

test('calls that come while one is at work are done once, after it', async () => {
  const { logger } = readableLog()
  const gates: (() => void)[] = []
  const done = Promise.withResolvers<void>()
  let loads = 0
  const load = () =>
    new Promise<LoadedSettings>(resolve => {
      loads += 1
      gates.push(() => resolve({ ...loaded({}), warnings: [] }))
    })
  let reloads = 0
  const server = {
    reload: async () => {
      reloads += 1
      if (reloads === 2) done.resolve()
    },
  }
  const { reload } = createReloader(server, { load }, parseSettings({}), logger)
  reload()
  reload()
  reload()
  assert.equal(loads, 1)
  gates.shift()?.()
  while (gates.length === 0) await new Promise(resolve => setImmediate(resolve))
  gates.shift()?.()
  await done.promise
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual([loads, reloads], [2, 2])
})
