import assert from 'node:assert/strict'
import { test } from 'node:test'
import { activePortsOf } from './active-ports.ts'

const CASES: readonly (readonly [effective: Record<string, unknown> | undefined, ports: unknown])[] = [
  [{ active: { basePort: 10_000, numberOfPorts: 24 } }, { base: 10_000, end: 10_023 }],
  [{ active: { basePort: 10_000, numberOfPorts: 1 } }, { base: 10_000, end: 10_000 }],
  [{ active: { enabled: true } }, undefined],
  [{ active: { basePort: 10_000 } }, undefined],
  [{ active: null }, undefined],
  [{}, undefined],
  [undefined, undefined],
]
for (const [effective, ports] of CASES) {
  test(`the active ports of ${JSON.stringify(effective)} are ${JSON.stringify(ports) ?? 'any'}`, () =>
    assert.deepEqual(activePortsOf(effective), ports))
}
