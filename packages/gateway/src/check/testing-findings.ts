import assert from 'node:assert/strict'
import type { Checked } from './findings.ts'

/** What is expected of a check: places and texts, in any order. */
export type Expected = Readonly<Record<string, RegExp>>

/** The value was refused at these places and no others. */
export function assertRefused(checked: Checked<unknown>, expected: Expected): void {
  assert.ok('problems' in checked, 'nothing was refused')
  assertFindings(checked.problems, expected)
}

/** The value may be saved, with these warnings and no others. */
export function assertKept(checked: Checked<unknown>, expected: Expected = {}): void {
  assert.deepEqual('problems' in checked ? checked.problems : [], [])
  if ('warnings' in checked) assertFindings(checked.warnings, expected)
}

function assertFindings(
  found: readonly { readonly path: string; readonly message: string }[],
  expected: Expected,
): void {
  assert.deepEqual(found.map(({ path }) => path).toSorted(), Object.keys(expected).toSorted())
  for (const { path, message } of found) assert.match(message, expected[path] ?? /^$/)
}
