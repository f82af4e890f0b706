import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReportEvent } from './report.ts'
import { shorten } from './report-bars.ts'
import { JsonReport } from './report-json.ts'
import { LineReport } from './report-lines.ts'
import { stopSentence } from './stop-sentence.ts'
import { Tally } from './tally.ts'

const start: ReportEvent = { event: 'start', task: 1, name: 'a', direction: 'download', total: 100 }
const done: ReportEvent = {
  event: 'done',
  task: 1,
  name: 'a',
  direction: 'download',
  bytes: 2048,
  resumedAt: 0,
  ms: 1000,
}
const summary: ReportEvent = {
  event: 'summary',
  done: 2,
  files: 2,
  failed: 1,
  notTried: 0,
  bytes: 4096,
  ms: 2000,
  exit: 1,
}

const lines: { title: string; event: ReportEvent; text: string | undefined; quiet?: string }[] = [
  { title: 'a start', event: start, text: undefined },
  { title: 'what is done', event: done, text: 'a: 2.0 KiB in 1.0 s (2.0 KiB/s)' },
  {
    title: 'what was resumed',
    event: { ...done, resumedAt: 1024 },
    text: 'a: 2.0 KiB in 1.0 s (1.0 KiB/s), 1.0 KiB were there',
  },
  {
    title: 'a failure with a hint, and a name that would move the cursor',
    event: { event: 'failed', name: 'x\x1b[2J', code: 'FTP_DATA', message: 'No way.', hint: 'Try.', exit: 4 },
    text: 'portolan: x\\x1b[2J: No way.\n  Try.',
    quiet: 'portolan: x\\x1b[2J: No way.\n  Try.',
  },
  {
    title: 'a retry',
    event: { event: 'retry', what: 'x', attempt: 2, delayMs: 1500, message: 'It broke.' },
    text: 'It broke. Trying again in 1.5 s (2).',
  },
  { title: 'a sum of several', event: summary, text: '2 files, 4.0 KiB in 2.0 s; 1 failed' },
  { title: 'a sum of one', event: { ...summary, done: 1, files: 1, failed: 0 }, text: undefined },
  {
    title: 'a sum where a server was given up',
    event: { ...summary, files: 0, notTried: 3 },
    text: '3 files not tried',
  },
  { title: 'a sum without transfers', event: { ...summary, files: 0 }, text: undefined },
  {
    title: 'a decision',
    event: { event: 'decision', about: 'mode', code: 'x', text: 'y' },
    text: undefined,
  },
]

for (const { title, event, text, quiet } of lines) {
  test(`${title} is ${text === undefined ? 'no line' : JSON.stringify(text)}, and with quiet ${JSON.stringify(quiet) ?? 'none'}`, () => {
    const written: string[] = []
    new LineReport(line => written.push(line), false).take(event)
    assert.deepEqual(written, text === undefined ? [] : [text])
    const few: string[] = []
    new LineReport(line => few.push(line), true).take(event)
    assert.deepEqual(few, quiet === undefined ? [] : [quiet])
  })
}

test('JSON: every event on a line, progress twice a second with its rate', () => {
  const clock = { ms: 0 }
  const written: ReportEvent[] = []
  const report = new JsonReport(
    line => written.push(JSON.parse(line)),
    () => clock.ms,
  )
  report.take(start)
  for (clock.ms = 1; clock.ms <= 2_000; clock.ms++)
    report.take({ event: 'progress', task: 1, name: 'a', bytes: clock.ms * 3 })
  report.take(done)
  assert.deepEqual(
    written.map(event => event.event),
    ['start', 'progress', 'progress', 'progress', 'progress', 'done'],
  )
  assert.deepEqual(written.at(-2), { event: 'progress', task: 1, name: 'a', bytes: 6_000, rate: 3_000 })
})

const names: [name: string, width: number, shown: string][] = [
  ['short', 8, 'short   '],
  ['exactly8', 8, 'exactly8'],
  ['a-very-long-name.csv', 11, 'a-ver…e.csv'],
  ['👍👍👍👍', 3, '👍…👍'],
]

for (const [name, width, shown] of names) {
  test(`${name} in ${width} columns is ${JSON.stringify(shown)}`, () => {
    assert.equal(shorten(name, width), shown)
  })
}

const stops: { done: number; kept: number[]; resumeWith?: string; text: string }[] = [
  { done: 0, kept: [], text: 'Stopped.' },
  { done: 2, kept: [0], text: 'Stopped. 2 files done.' },
  {
    done: 0,
    kept: [4096],
    text: 'Stopped. The part is kept: run the same command again to go on at byte 4096.',
  },
  {
    done: 1,
    kept: [4096],
    resumeWith: '--resume',
    text: 'Stopped. 1 file done. The part is kept: run the same command again with --resume to go on at byte 4096.',
  },
  {
    done: 0,
    kept: [1, 2],
    text: 'Stopped. The parts of 2 are kept: run the same command again to go on where they ended.',
  },
]

for (const { done: finished, kept, resumeWith, text } of stops) {
  test(`${finished} done and ${kept.length} stopped: ${text}`, () => {
    const tally = new Tally()
    tally.files = finished
    tally.stopped.push(...kept.map(bytes => ({ name: 'x', kept: bytes })))
    assert.equal(stopSentence(tally, resumeWith), text)
  })
}
