import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Listing, ListingDialect, RemoteEntry } from './entry.ts'
import { parseListing, parseMlsd } from './parse.ts'
import { listSamples } from './samples/index.ts'
import { mlsdOnlySamples, mlsdSamples } from './samples/mlsd.ts'
import { SAMPLE_NOW, type Sample, type SampleGroup } from './samples/sample.ts'

/** A line ends before its CRs. */
function withoutEnd(line: string): string {
  return line.replace(/\r+$/, '')
}

function expectedOf({ line, expect }: Sample): RemoteEntry[] {
  if (typeof expect === 'string') return []
  const { modified, ...rest } = expect
  const ms = modified === undefined ? {} : { modified: Date.parse(modified) }
  return [{ ...rest, ...ms, raw: withoutEnd(line) }]
}

function check(sample: Sample, before: Listing, listing: Listing): void {
  assert.deepEqual(listing.entries.slice(before.entries.length), expectedOf(sample))
  const unparsed = sample.expect === 'unparsed' ? sample.line.split('\n').map(withoutEnd) : []
  assert.deepEqual(listing.unparsed, unparsed)
}

function readAll(
  { heading = [], zoneMinutes = 0, dialect }: SampleGroup,
  lines: readonly string[],
  hinted: boolean,
) {
  const hint = hinted ? { dialect } : {}
  return parseListing([...heading, ...lines], { now: SAMPLE_NOW, zoneMinutes, ...hint })
}

for (const group of listSamples) {
  const headed = readAll(group, [], false)
  for (const sample of group.samples) {
    test(`${group.name}: ${JSON.stringify(sample.line)}`, () => {
      const listing = readAll(group, sample.line.split('\n'), false)
      check(sample, headed, listing)
      if (typeof sample.expect === 'object') assert.equal(listing.dialect, group.dialect)
      check(sample, headed, readAll(group, sample.line.split('\n'), true))
    })
  }
}

for (const group of [mlsdSamples, mlsdOnlySamples]) {
  const nothing = parseMlsd([])
  for (const sample of group.samples) {
    test(`${group.name}, asked for: ${JSON.stringify(sample.line)}`, () => {
      check(sample, nothing, parseMlsd([sample.line]))
    })
  }
}

test('every sample is read as it is alone, however the dialects of a listing are mixed', () => {
  // What stands below a heading, in another zone, or votes for the order of its dates depends on its neighbours.
  const depends = new Set<ListingDialect>(['dos', 'as400', 'os2', 'vm', 'zos-jes'])
  const groups = listSamples.filter(
    ({ heading, zoneMinutes, dialect }) => !heading && zoneMinutes === undefined && !depends.has(dialect),
  )
  const longest = Math.max(...groups.map(({ samples }) => samples.length))
  const samples = Array.from({ length: longest }, (_, index) => groups.map(group => group.samples[index]))
    .flat()
    .filter(sample => sample !== undefined)
  assert.ok(samples.length > 150)
  const listing = parseListing(
    samples.flatMap(({ line }) => line.split('\n')),
    { now: SAMPLE_NOW },
  )
  assert.deepEqual(listing.entries, samples.flatMap(expectedOf))
  assert.deepEqual(
    listing.unparsed,
    samples.filter(({ expect }) => expect === 'unparsed').map(({ line }) => line),
  )
})

test('there are samples of every dialect, and enough of them', () => {
  const dialects: Record<ListingDialect, number> = {
    mlsd: 0,
    unix: 0,
    dos: 0,
    vms: 0,
    as400: 0,
    zos: 0,
    'zos-jes': 0,
    netware: 0,
    eplf: 0,
    os2: 0,
    nonstop: 0,
    vxworks: 0,
    vm: 0,
    enterprise: 0,
  }
  for (const { dialect, samples } of listSamples) dialects[dialect] += samples.length
  assert.deepEqual(
    Object.entries(dialects).filter(([, count]) => count < 5),
    [],
  )
  assert.ok(listSamples.reduce((sum, { samples }) => sum + samples.length, 0) > 180)
})
