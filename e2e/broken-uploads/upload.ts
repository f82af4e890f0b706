import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { DataLink } from '../support/data-link.ts'
import { Dialogue } from '../support/dialogue.ts'
import type { Portolan, PortolanUser } from '../support/portolan.ts'
import { begin, get, put } from '../support/transfers.ts'
import { until } from '../support/within.ts'
import { type Case, CONTENT } from './cases.ts'

/** An upload that is as far as its case says, with everything at the server, and that has not ended. */
export interface Underway extends AsyncDisposable {
  readonly dialogue: Dialogue
  readonly link: DataLink
  /** The name that is written: that of the case, or the one that STOU chose. */
  readonly file: string
}

export async function logIn(
  server: Portolan,
  user: PortolanUser,
  version?: Case['version'],
): Promise<Dialogue> {
  const { host, port } = server.listener()
  const dialogue = await Dialogue.begin({ host, port })
  if (version !== undefined) await dialogue.secure(version)
  await dialogue.logIn(user.name, user.password)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}

/** Begins the upload of a case and brings it to its stage. */
export async function bringUnderway(
  server: Portolan,
  user: PortolanUser,
  { way, file, version, bytes }: Case,
): Promise<Underway> {
  await mkdir(join(server.folder, dirname(file)))
  if (way.before) await writeFile(join(server.folder, file), way.before)
  await using starting = new AsyncDisposableStack()
  const dialogue = starting.use(await logIn(server, user, version))
  if (way.rest !== undefined) await dialogue.ask(`REST ${way.rest}`, 350)
  const link = starting.use(await begin(dialogue, `${way.command} ${file}`))
  if (bytes > 0) await link.write(CONTENT.subarray(0, bytes))
  await until(async () => {
    const { text } = await dialogue.ask('STAT', 211)
    return text.includes(`: ${bytes} bytes so far`) || text
  })
  const kept = starting.move()
  return { dialogue, link, file, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/**
 * Nothing of a broken upload shows: the name has what it had before, no listing knows of more, and another user cannot
 * see the part.
 */
export async function assertUnpublished(
  server: Portolan,
  watcher: Dialogue,
  other: Dialogue,
  { way, file }: Case,
): Promise<void> {
  const found = await readFile(join(server.folder, file)).catch(() => undefined)
  assert.ok(found === undefined ? !way.before : way.before?.equals(found), `${file} changed on the disk`)
  const folder = dirname(file)
  const shown = way.before ? [basename(file)] : []
  for (const dialogue of [watcher, other]) {
    for (const command of ['NLST', 'LIST', 'MLSD']) {
      const lines = (await get(dialogue, `${command} ${folder}`)).toString().split('\r\n').slice(0, -1)
      assert.deepEqual(
        lines.map(line => basename(line.slice(line.lastIndexOf(' ') + 1))),
        shown,
        `${command} shows more`,
      )
    }
    if (way.before) await dialogue.ask(`MLST ${file}`, 250, new RegExp(`size=${way.before.length};`))
    else await dialogue.ask(`MLST ${file}`, 550)
  }
  if (way.before) await other.ask(`SIZE ${file}`, 213, new RegExp(`^${way.before.length}$`))
  else await other.ask(`SIZE ${file}`, 550)
}

/** The same user goes on where the upload broke off, and the file is whole. */
export async function assertResumes(server: Portolan, user: PortolanUser, one: Case): Promise<void> {
  const { way, file, version, bytes } = one
  await using dialogue = await logIn(server, user, version)
  const base = way.rest ?? (way.command === 'APPE' ? (way.before?.length ?? 0) : 0)
  if (bytes > 0 && !way.before) await dialogue.ask(`SIZE ${file}`, 213, new RegExp(`^${bytes}$`))
  if (way.command === 'APPE' && bytes === 0) await put(dialogue, `APPE ${file}`, CONTENT)
  else {
    if (base + bytes > 0) await dialogue.ask(`REST ${base + bytes}`, 350)
    await put(dialogue, `STOR ${file}`, CONTENT.subarray(bytes))
  }
  await assertStored(server, one)
  await dialogue.quit()
}

/** The file is whole, at once. */
export async function assertStored(server: Portolan, { way, file }: Case): Promise<void> {
  const found = await readFile(join(server.folder, file))
  assert.ok(way.after.equals(found), `${file} has ${found.length} bytes that are not those of the client`)
}
