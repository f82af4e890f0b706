import { join } from 'node:path'
import type { RunFile } from '@portolan/store'
import type { SiteUse } from '../engine/site-clients.ts'
import { filesBelow } from '../files/local-files.ts'
import { versionOf } from '../files/local-version.ts'
import { joinRemote, splitPath, stayBelow } from '../files/names.ts'
import type { Step } from '../model/index.ts'
import { compilePattern } from '../pattern.ts'
import { expandPlaceholders } from '../placeholders.ts'
import type { LocalFile } from '../run/progress.ts'
import { ConnectionNotes } from './connection-notes.ts'
import { propertiesOf, type StepContext } from './context.ts'
import { FileFailures } from './file-failures.ts'
import { countDone, countFiles, isOver, savedRows } from './file-rows.ts'
import { below, diskPath, localFileAt } from './place.ts'
import { actLocally, actRemotely, acts, fileAfter } from './post-action.ts'
import { type FilePush, pushFile } from './push-file.ts'

type PushStep = Extract<Step, { do: 'push' }>

const NOTHING = { do: 'nothing' } as const

/** Sends files to a partner, each exactly once. Answers where they are here afterwards. */
export async function push(step: PushStep, context: StepContext): Promise<readonly LocalFile[]> {
  const { run, tools } = context
  const files = await filesOf(step, context)
  using use = await tools.sites.use(step.site)
  const rows = run.progress.listed ? await savedRows(context) : await makeRows(step, context, files, use)
  const notes = new ConnectionNotes(run, step.site, use.connections)
  const failures = new FileFailures(rows.length)
  const left: LocalFile[] = []
  await tools.sites.listening(
    event => notes.listen(event),
    async () => {
      for (const row of rows) {
        const file = files.get(row.key) ?? { path: row.source }
        const rest = isOver(row)
          ? await fileAfter(row.state === 'skipped' ? NOTHING : step.onSuccess, file, context)
          : await pushOne({ step, context, use, notes }, row, file, failures)
        if (rest) left.push(rest)
      }
    },
  )
  failures.throwWorst()
  return left
}

/** @returns where the file is here afterwards; undefined: nowhere, or it failed */
async function pushOne(
  filePush: FilePush,
  row: RunFile,
  file: LocalFile,
  failures: FileFailures,
): Promise<LocalFile | undefined> {
  const { context } = filePush
  const { run } = context
  run.mayGoOn()
  try {
    const sent = row.state === 'published' ? row : await pushFile(filePush, row)
    run.setFile(sent)
    const rest = sent.state === 'skipped' ? file : await afterDelivery(filePush, sent, file)
    countDone(context)
    return rest
  } catch (error) {
    run.mayGoOn()
    failures.note(error, text => run.setFile({ ...(run.file(row.key) ?? row), error: text }))
    return undefined
  }
}

/** What is to be done at both ends once the partner has the file. */
async function afterDelivery(
  { step, context, use }: FilePush,
  row: RunFile,
  file: LocalFile,
): Promise<LocalFile | undefined> {
  const { run } = context
  run.note('file', `${row.target} is whole at ${use.site.name}: ${row.size} bytes.`, {
    ...(row.checksum !== undefined && { checksum: row.checksum }),
  })
  let rest: LocalFile | undefined = file
  if (acts(step.remoteOnSuccess) || acts(step.onSuccess)) {
    // Nothing happens to the source before it is certain that the partner has it.
    await run.save()
    await actRemotely(step.remoteOnSuccess, row.target, use.client, context)
    rest = await actLocally(step.onSuccess, file, row.version, context)
  }
  run.setFile({ ...row, state: 'done' })
  return rest
}

/** The files of the step by the keys of their rows. */
export async function filesOf(step: PushStep, context: StepContext): Promise<ReadonlyMap<string, LocalFile>> {
  const { prefix, tools, run } = context
  if (!step.from)
    return new Map(context.files.map((file, at) => [`${prefix}${at}:${splitPath(file.path).name}`, file]))
  const place = step.from
  const root = await diskPath(tools, place, 'read')
  const paths = run.progress.listed
    ? (await savedRows(context)).map(({ key }) => key.slice(prefix.length))
    : await filesBelow(root, {
        matches: compilePattern(step.pattern),
        subfolders: step.subfolders,
        signal: run.signal,
      })
  return new Map(
    paths.map(path => [
      `${prefix}${path}`,
      localFileAt(path === '' ? root : join(root, path), below(place, path)),
    ]),
  )
}

async function makeRows(
  step: PushStep,
  context: StepContext,
  files: ReadonlyMap<string, LocalFile>,
  { site }: SiteUse,
): Promise<readonly RunFile[]> {
  const { run, prefix } = context
  const rows: RunFile[] = []
  for (const [key, file] of files) {
    const { size } = await versionOf(file.path)
    const properties = propertiesOf(context, file.seen?.path ?? file.path, step.site)
    const folder = step.from ? splitPath(key.slice(prefix.length)).folder : ''
    const target = joinRemote(
      site.folder,
      expandPlaceholders(step.to, properties),
      folder,
      stayBelow(expandPlaceholders(step.as, properties)),
    )
    rows.push({ key, source: file.path, target, state: 'waiting', bytes: 0, size, attempts: 0 })
  }
  for (const row of rows) run.setFile(row)
  countFiles(
    context,
    rows.map(({ size }) => size),
  )
  // Written with the first file that is begun; until then nothing has happened.
  run.progress = { ...run.progress, listed: true }
  return rows
}
