import type { SiteTest } from '@portolan/console'
import type { ClientIo } from './client/client-io.ts'
import { printable } from './client/printable.ts'
import type { ConfigFlags } from './config-flags.ts'
import { isThere, openConfigStore, toldAsLines } from './config-store.ts'
import { DATA_FOLDER, storePlace } from './serve-plan.ts'
import { EXIT, UserError } from './user-error.ts'
import { wrapText } from './wrap-text.ts'

/** Flags of `portolan sites test`. */
export interface TestSiteFlags extends ConfigFlags {
  readonly json?: boolean
}

/**
 * `portolan sites test NAME`: a site of a node's store, where there is one; else one that `portolan sites add` has stored.
 */
export async function testSite(name: string, flags: TestSiteFlags, io: ClientIo): Promise<number> {
  const named = flags.data !== undefined || flags.database !== undefined
  const place = storePlace({ data: DATA_FOLDER, ...flags }, io.cwd, undefined)
  if (named || (place && (await isThere(place)))) {
    const result = await testOfStore(name, flags, io)
    if (result) return tell(result, flags, io)
    if (named) throw new UserError(`the store has no site ${JSON.stringify(name)}`)
  }
  const { runDoctor } = await import('./doctor.ts')
  return runDoctor(`${name}:`, { ...(flags.json && { json: true }) }, io)
}

async function testOfStore(name: string, flags: ConfigFlags, io: ClientIo): Promise<SiteTest | undefined> {
  await using opened = await openConfigStore(flags, io)
  const { testStoredSite } = await import('@portolan/console')
  return await toldAsLines(testStoredSite(opened.store, opened.inForce, name))
}

function tell(result: SiteTest, { json }: TestSiteFlags, io: ClientIo): number {
  if (json) io.out(JSON.stringify(result, null, 2))
  else for (const line of linesOf(result)) io.out(line)
  return result.ok ? EXIT.ok : EXIT.failed
}

function linesOf({ steps, summary, verdicts }: SiteTest): string[] {
  return [
    ...steps.flatMap(({ step, ok, text, ms }) =>
      wrapText(
        printable(text),
        `${ok ? '✓' : '✗'} ${step.padEnd(16)}${`${Math.round(ms)} ms`.padStart(8)}  `,
      ),
    ),
    '',
    printable(summary),
    ...verdicts.flatMap(({ code, title, advice }) => [
      '',
      code,
      ...wrapText(printable(title), '  '),
      ...advice.flatMap(line => wrapText(printable(line), '  ')),
    ]),
  ]
}
