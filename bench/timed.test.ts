import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { allClients } from './clients/index.ts'
import { run } from './processes.ts'
import { Stopwatch } from './timed.ts'

const [kind] = allClients({ debian: undefined, project: '/project', ceiling: '', node: '/node' })
assert.ok(kind !== undefined)
let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-timed-'))
  const source = join(import.meta.dirname, 'load', 'timed.c')
  await run('gcc', ['-std=gnu17', '-O2', '-o', join(folder, 'timed'), source])
})
after(() => rm(folder, { recursive: true }))

const options = () => ({ home: folder, launcher: ['env', 'FROM=launcher'] })
const shell = (script: string) => ({ command: 'sh', args: ['-c', script], env: { WORD: 'said' } })

test('what a program needs is told, its own words are not taken for it', async () => {
  const stopwatch = new Stopwatch(join(folder, 'timed'))
  const busy = 'echo "{}"; i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done'
  const cost = await stopwatch.time(kind, shell(busy), options())
  assert.ok(cost.userSeconds + cost.systemSeconds > 0)
  assert.ok(cost.seconds > 0)
  assert.ok(cost.maxRss > 100_000)
})

test('a program runs at home, with its own environment and below its launcher', async () => {
  const stopwatch = new Stopwatch(join(folder, 'timed'))
  const script = `[ "$HOME" = "${folder}" ] && [ "$PWD" = "${folder}" ] && [ $WORD = said ] && [ $FROM = launcher ]`
  await stopwatch.time(kind, shell(script), options())
})

for (const [way, script] of [
  ['fails', 'echo "no such host" >&2; exit 6'],
  ['is killed', 'kill -9 $$'],
] as const) {
  test(`a client that ${way} is no figure`, async () => {
    const stopwatch = new Stopwatch(join(folder, 'timed'))
    const wanted = {
      name: 'BenchError',
      message: /^Portolan ended with code (6: no such host|137: no message)$/,
    }
    await assert.rejects(stopwatch.time(kind, shell(script), options()), wanted)
  })
}

test('the memory of a program is that of all its processes', async () => {
  const stopwatch = new Stopwatch(join(folder, 'timed'))
  const { pss, processes } = await stopwatch.memory(kind, shell('sh -c "sleep 0.3; :" & wait'), options())
  assert.ok(pss > 0)
  assert.ok(processes >= 2)
})
