import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ClientEvent, type ClientOptions, FtpClient, FtpError } from '@portolan/client'
import { makeScratch } from '../support/scratch.ts'
import { until, within } from '../support/within.ts'
import {
  BASE_OPTIONS,
  type CaseContext,
  type ClientCase,
  type ExpectedError,
  type LocalFile,
  WITHIN_MS,
} from './case.ts'
import { FakeServer } from './fake-server.ts'

const run = promisify(execFile)

/** Why a case cannot be played on this machine; false when it can. */
export function whyNot({ needs }: ClientCase): string | false {
  if (needs === 'mounts' && process.getuid?.() !== 0) return 'only root may mount'
  const addresses = Object.values(networkInterfaces()).flatMap(each => each ?? [])
  if (needs === 'ipv6' && !addresses.some(({ address }) => address === '::1')) return 'no IPv6 here'
  return false
}

/** Plays one case against a server of its own and checks everything that it promises. */
export async function runCase(one: ClientCase, filtered: number): Promise<void> {
  await using scratch = await makeScratch()
  await using server = await FakeServer.start(one.server ?? {}, filtered)
  const folder = join(scratch.path, 'target')
  const sources = join(scratch.path, 'sources')
  await mkdir(folder)
  await mkdir(sources)
  const events: ClientEvent[] = []
  const port = one.at === 'filtered' ? filtered : one.at === 'closed' ? 1 : server.port
  const make = (options: Partial<ClientOptions> = {}) =>
    new FtpClient(mergeOptions({ host: server.address, port, onEvent: event => events.push(event) }, options))
  const others: FtpClient[] = []
  const client = make(one.client)
  const context: CaseContext = {
    server,
    events,
    target: name => join(folder, name),
    async source(name, content) {
      const path = join(sources, name)
      await writeFile(path, content)
      return path
    },
    received: start =>
      until(async () => server.lines.some(line => line.startsWith(start)) || `no ${start} was received`, {
        limitMs: WITHIN_MS,
      }),
    told: type =>
      until(async () => events.some(event => event.type === type) || `no event ${type}`, {
        limitMs: WITHIN_MS,
      }),
    async smallDisk(bytes) {
      const path = join(scratch.path, 'disk')
      await mkdir(path)
      await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
      return {
        path,
        async [Symbol.asyncDispose]() {
          await run('umount', [path])
          await rmdir(path)
        },
      }
    },
    another(options) {
      const other = make({ ...one.client, ...options })
      others.push(other)
      return other
    },
    failure: (work, expected) => assert.rejects(work, error => checkError(error, expected)),
  }
  try {
    const { withinMs = WITHIN_MS, expect } = one
    const work = within(one.run(client, context), withinMs, one.name)
    if ('error' in expect) await context.failure(work, expect.error)
    else assertHolds(await work, expect.result)
  } catch (error) {
    throw explained(error, server, events)
  } finally {
    await within(Promise.all([client, ...others].map(each => each.close())), WITHIN_MS, 'closing the client')
  }
  await within(server.idle(), WITHIN_MS, 'the end of every control connection')
  try {
    await check(one, { server, events, folder, outside: scratch.path })
  } catch (error) {
    throw explained(error, server, events)
  }
}

/** The timers and retries of a case on top of those of all. */
function mergeOptions(where: ClientOptions, options: Partial<ClientOptions>): ClientOptions {
  return {
    ...BASE_OPTIONS,
    ...where,
    ...options,
    timeouts: { ...BASE_OPTIONS.timeouts, ...options.timeouts },
    retry: { ...BASE_OPTIONS.retry, ...options.retry },
  }
}

/** What is named in the expectation has to be in the result. */
function assertHolds(result: unknown, expected: unknown): void {
  if (typeof expected === 'object' && expected !== null && !Buffer.isBuffer(expected))
    assert.partialDeepStrictEqual(result, expected)
  else assert.deepEqual(result, expected)
}

function checkError(error: unknown, expected: ExpectedError): true {
  assert.ok(error instanceof FtpError, `no FtpError: ${String(error)}`)
  assert.equal(error.code, expected.code, error.message)
  if (expected.phase !== undefined) assert.equal(error.phase, expected.phase, error.message)
  if (expected.retryable !== undefined) assert.equal(error.retryable, expected.retryable, error.message)
  if (expected.message) assert.match(error.message, expected.message)
  if (expected.hint) assert.match(error.hint ?? '', expected.hint)
  if (expected.reply !== undefined) assert.equal(error.reply?.code, expected.reply)
  return true
}

interface Aftermath {
  readonly server: FakeServer
  readonly events: readonly ClientEvent[]
  readonly folder: string
  readonly outside: string
}

async function check(one: ClientCase, { server, events, folder, outside }: Aftermath): Promise<void> {
  assert.deepEqual(server.failures, [], 'the script cannot be played')
  await checkFiles(folder, one.after ?? {})
  assert.deepEqual((await readdir(outside)).toSorted(), ['sources', 'target'], 'written outside the target')
  for (const [name, content] of Object.entries(one.stored ?? {})) {
    const wanted = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
    const there = server.file(name)
    assert.ok(there?.equals(wanted), `${name} has ${there?.length} bytes on the server, not the right ones`)
  }
  for (const [line, count] of Object.entries(one.received ?? {})) {
    const got = server.lines.filter(each => each === line || each.startsWith(`${line} `)).length
    assert.equal(got, count, `how often the server received ${line}`)
  }
  if (one.sessions !== undefined) assert.equal(server.sessions, one.sessions, 'control connections')
  const codes = events.flatMap(event => ('because' in event ? [event.because.code] : []))
  for (const code of one.events ?? []) {
    if (code.startsWith('!')) assert.ok(!codes.includes(code.slice(1)), `${code} was told`)
    else assert.ok(codes.includes(code), `${code} was not told`)
  }
}

async function checkFiles(folder: string, after: Readonly<Record<string, LocalFile>>): Promise<void> {
  const names = (await readdir(folder, { recursive: true })).toSorted()
  const parts = names.filter(name => name.endsWith('.portolan-part'))
  const finals = names.filter(name => !parts.includes(name))
  const wanted = Object.entries(after)
  const isPart = ([, file]: readonly [string, LocalFile]) => typeof file === 'object' && 'part' in file
  assert.deepEqual(
    finals,
    wanted
      .filter(each => !isPart(each))
      .map(([name]) => name)
      .toSorted(),
  )
  assert.equal(parts.length, wanted.filter(isPart).length, `parts: ${parts.join(', ')}`)
  for (const [name, file] of wanted) {
    if (typeof file === 'object' && 'part' in file) {
      const part = parts.find(each => each.startsWith(`.${name}.`))
      assert.ok(part, `no part of ${name}`)
      assert.equal((await readFile(join(folder, part))).length, file.part, `bytes of the part of ${name}`)
    } else {
      checkContent(name, await readFile(join(folder, name)), file)
    }
  }
}

function checkContent(name: string, there: Buffer, wanted: Buffer | string | number): void {
  if (typeof wanted === 'number') return assert.equal(there.length, wanted, `bytes of ${name}`)
  const bytes = typeof wanted === 'string' ? Buffer.from(wanted, 'latin1') : wanted
  assert.ok(there.equals(bytes), `${name} has ${there.length} bytes, not the right ones`)
}

/** The dialogue belongs to the failure: without it nobody could tell what happened. */
function explained(error: unknown, server: FakeServer, events: readonly ClientEvent[]): Error {
  const told = events.map(event =>
    JSON.stringify(event, (key, value) => (key === 'error' ? String(value) : value)),
  )
  const text = error instanceof Error ? error.message : String(error)
  const dialogue = [
    ...told.slice(-40),
    `failures of the script: ${server.failures.map(String).join(', ') || 'none'}`,
  ]
  return new Error(`${text}\n  ${dialogue.join('\n  ')}`, { cause: error })
}
