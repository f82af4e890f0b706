import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SettingChange } from './change.ts'
import { flagHolding } from './held.ts'

const flags = new Map([
  ['passive.basePort', '--passive-ports'],
  ['passive.addressRules[0]', '--passive-rule'],
  ['listeners[0].tls', '--require-tls'],
  ['metrics', '--metrics'],
])

const cases: { change: SettingChange; flag: string | undefined }[] = [
  { change: { path: 'passive.basePort', value: 1 }, flag: '--passive-ports' },
  { change: { path: 'passive.basePort', reset: true }, flag: '--passive-ports' },
  { change: { path: 'passive.numberOfPorts', value: 1 }, flag: undefined },
  { change: { path: 'metrics.port', value: 1 }, flag: '--metrics' },
  { change: { path: 'listeners[0].tls', value: 'off' }, flag: '--require-tls' },
  { change: { path: 'listeners[0].port', value: 1 }, flag: undefined },
  { change: { path: 'listeners', value: [{ tls: 'off' }] }, flag: undefined },
  { change: { path: 'passive.addressRules[2].enabled', value: false }, flag: '--passive-rule' },
  { change: { path: 'passive.addressRules', value: [] }, flag: '--passive-rule' },
  { change: { path: 'passive', value: { basePort: 1 } }, flag: '--passive-ports' },
  { change: { path: 'log.level', value: 'info' }, flag: undefined },
]

for (const { change, flag } of cases) {
  test(`${JSON.stringify(change)} is ${flag === undefined ? 'free' : `held by ${flag}`}`, () => {
    assert.equal(flagHolding(change, flags), flag)
  })
}

test('a section that says nothing of what a flag holds in it is free', () => {
  const ports = new Map([['passive.basePort', '--passive-ports']])
  assert.equal(flagHolding({ path: 'passive', value: { sharing: 'exclusive' } }, ports), undefined)
  assert.equal(flagHolding({ path: 'passive', value: { basePort: 1 } }, ports), '--passive-ports')
})
