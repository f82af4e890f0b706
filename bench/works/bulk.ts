import { join } from 'node:path'
import { BenchError } from '../errors.ts'
import type { LoadResult, LoadTask } from '../load.ts'
import { PATHS } from '../stage.ts'
import { digestOf, takeUploads } from './uploads.ts'
import type { Measured, Target, Work, WorkContext } from './work.ts'

interface Bulk {
  readonly command: 'RETR' | 'STOR'
  readonly tls: boolean
  /** 1 moves the large file; more move ten mebibytes each, all at once. */
  readonly clients: number
  readonly target: Target
}

/** Whole files moved by one client or by many: the time from the first EPSV to the last 226, logins excluded. */
export function bulk({ command, tls, clients, target }: Bulk): Work {
  const many = clients > 1
  const name = `${many ? 'many-' : ''}${command.toLowerCase()}-${tls ? 'tls' : 'plain'}`
  const what = many ? `${command}, ${clients} clients with 10 MiB each` : `${command} of 1 GiB`
  return {
    name,
    title: `${what}${tls ? ', TLS 1.3' : ''}`,
    unit: 'MB/s',
    tls,
    running: 'kept',
    target,
    leavesOut: () => undefined,
    measure: context => (command === 'RETR' ? download(context, clients) : upload(context, clients)),
  }
}

async function download({ instance, load, stage, round }: WorkContext, clients: number): Promise<Measured> {
  const path = clients > 1 ? PATHS.ten : PATHS.big
  const size = clients > 1 ? stage.sizes.ten : stage.sizes.big
  const task: LoadTask = { port: instance.port, tls: instance.tls, command: 'RETR', path }
  if (round === 0 && instance.kind.real) {
    const { sha256 } = await load.transfer({ ...task, sha256: true })
    if (sha256 !== (await digestOf(join(stage.files, path))))
      throw new BenchError(`the bytes of ${path} arrived changed`)
  }
  return speed(await load.transfer({ ...task, clients }), size * clients)
}

async function upload({ instance, load, stage, round }: WorkContext, clients: number): Promise<Measured> {
  const source = join(stage.files, clients > 1 ? PATHS.ten : PATHS.big)
  const size = clients > 1 ? stage.sizes.ten : stage.sizes.big
  const result = await load.transfer({
    port: instance.port,
    tls: instance.tls,
    command: 'STOR',
    path: `/up/${instance.kind.name}-%d.bin`,
    source,
    clients,
  })
  if (instance.kind.real) await takeUploads(stage.uploads, source, clients, round === 0)
  return speed(result, size * clients)
}

function speed(result: LoadResult, expected: number): Measured {
  if (result.bytes !== expected) throw new BenchError(`${result.bytes} bytes of ${expected} were moved`)
  return {
    value: result.bytes / result.seconds / 1e6,
    detail: { seconds: result.seconds, generatorCpuSeconds: result.cpuSeconds },
  }
}
