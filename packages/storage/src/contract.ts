import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BROKEN_UPLOADS } from './contract/broken-uploads.ts'
import { LINKS } from './contract/links.ts'
import { NAMES } from './contract/names.ts'
import { UPLOADS } from './contract/uploads.ts'
import { joinPath } from './path.ts'
import type { Storage } from './storage.ts'

/** A storage under test. Everything happens below `base`, an empty folder. */
export interface UnderTest extends AsyncDisposable {
  readonly storage: Storage
  readonly base: string
}

/** What every back end has to do, whatever it is made of. */
const CONTRACT = { ...UPLOADS, ...BROKEN_UPLOADS, ...NAMES, ...LINKS }

/**
 * Runs the contract of every storage against one back end. Each check gets a new, empty one.
 *
 * @param without - sentences that this back end is known not to keep
 */
export function testContract(
  name: string,
  open: () => Promise<UnderTest>,
  { without = [] }: { without?: readonly string[] } = {},
): void {
  for (const sentence of without) assert.ok(sentence in CONTRACT, sentence)
  describe(name, () => {
    for (const [sentence, check] of Object.entries(CONTRACT)) {
      if (without.includes(sentence)) continue
      test(sentence, async () => {
        await using under = await open()
        await check(under.storage, path => (path === '' ? under.base : joinPath(under.base, path)))
      })
    }
  })
}
