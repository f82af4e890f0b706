import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { RunFile } from '@portolan/store'
import type { SiteUse } from '../engine/site-clients.ts'
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
import { actLocally, acts, fileAfter } from './post-action.ts'
import { actOnFetched, type FilePull, pullFile, versionText } from './pull-file.ts'
import { keyBefore, rememberFetched } from './remembered.ts'
import { listRemote, quietOnes, type RemoteAsk, type RemoteFile, withExactTimes } from './remote-files.ts'

type PullStep = Extract<Step, { do: 'pull' }>

/** Fetches files from a partner, each exactly once. Answers where they are here. */
export async function pull(step: PullStep, context: StepContext): Promise<readonly LocalFile[]> {
  const { run, tools } = context
  const root = await diskPath(tools, step.to, 'write')
  using use = await tools.sites.use(step.site)
  const notes = new ConnectionNotes(run, step.site, use.connections)
  return await tools.sites.listening(
    event => notes.listen(event),
    async () => {
      const rows = run.progress.listed ? await savedRows(context) : await makeRows(step, context, use, root)
      const failures = new FileFailures(rows.length)
      const left: LocalFile[] = []
      for (const row of rows) {
        const file = localFileAt(row.target, below(step.to, row.target.slice(root.length)))
        const rest = isOver(row)
          ? row.state === 'done' && (await fileAfter(step.onSuccess, file, context))
          : await pullOne({ step, context, use, notes }, row, file, failures)
        if (rest) left.push(rest)
      }
      failures.throwWorst()
      return left
    },
  )
}

/** @returns where the file is afterwards; undefined: it was skipped, or it failed */
async function pullOne(
  filePull: FilePull,
  row: RunFile,
  file: LocalFile,
  failures: FileFailures,
): Promise<LocalFile | undefined> {
  const { run } = filePull.context
  run.mayGoOn()
  try {
    const fetched = row.state === 'published' ? row : await pullFile(filePull, row)
    run.setFile(fetched)
    const rest = fetched.state === 'skipped' ? undefined : await afterFetch(filePull, fetched, file)
    countDone(filePull.context)
    return rest
  } catch (error) {
    run.mayGoOn()
    failures.note(error, text => run.setFile({ ...(run.file(row.key) ?? row), error: text }))
    return undefined
  }
}

/** What is to be done at both ends once the file is here. */
async function afterFetch(
  { step, context, use }: FilePull,
  row: RunFile,
  file: LocalFile,
): Promise<LocalFile | undefined> {
  const { run, tools } = context
  run.note('file', `${row.source} of ${use.site.name} is whole as ${row.target}: ${row.size} bytes.`, {
    ...(row.checksum !== undefined && { checksum: row.checksum }),
  })
  // The name shows the file already: whoever takes the run up from here finds it there, and remembers it then.
  await rememberFetched(step, row, tools.fetched, run.row.transfer, tools.now())
  let rest: LocalFile | undefined = file
  if (acts(step.remoteOnSuccess) || acts(step.onSuccess)) {
    await run.save()
    await actOnFetched(step.remoteOnSuccess, row, use, context)
    rest = await actLocally(step.onSuccess, file, undefined, context)
  }
  run.setFile({ ...row, state: 'done' })
  return rest
}

async function makeRows(
  step: PullStep,
  context: StepContext,
  use: SiteUse,
  root: string,
): Promise<readonly RunFile[]> {
  const { run } = context
  const found = await newFiles(step, context, use)
  const rows = found.map((file): RunFile => {
    const properties = propertiesOf(context, file.path, step.site)
    const folder = splitPath(file.relative).folder
    const target = join(root, folder, stayBelow(expandPlaceholders(step.as, properties)))
    const key = `${context.prefix}${file.relative}`
    return {
      key,
      source: file.path,
      target,
      temporary: temporaryOf(target, run.id, key),
      state: 'waiting',
      bytes: 0,
      size: file.size ?? 0,
      version: versionText(file),
      attempts: 0,
    }
  })
  for (const row of rows) run.setFile(row)
  countFiles(
    context,
    rows.map(({ size }) => size),
  )
  run.progress = { ...run.progress, listed: true }
  return rows
}

/** The files that were not fetched before, and that nobody writes any more. */
async function newFiles(step: PullStep, context: StepContext, use: SiteUse): Promise<readonly RemoteFile[]> {
  const { run, tools } = context
  const ask: RemoteAsk = {
    client: use.client,
    folder: joinRemote(
      use.site.folder,
      expandPlaceholders(step.from, propertiesOf(context, undefined, step.site)),
    ),
    matches: compilePattern(step.pattern),
    subfolders: step.subfolders,
    run,
  }
  const all = await withExactTimes(use.client, await listRemote(ask), run.signal)
  const keys = all.map(file => keyBefore(step, file.path, versionText(file)))
  const known = await tools.fetched.known(
    run.row.transfer,
    keys.filter(key => key !== undefined),
  )
  const fresh = all.filter((_, at) => !known.has(keys[at] ?? ''))
  return quietOnes(ask, fresh, step.quietSeconds)
}

/** A folder that no client of this server sees, beside the final name; the bytes are in a file in it. */
function temporaryOf(target: string, run: string, key: string): string {
  const hash = createHash('sha256').update(`${run}\0${key}`).digest('hex').slice(0, 16)
  return join(dirname(target), `.portolan-pull-${hash}`, 'file')
}
