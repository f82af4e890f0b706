import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '../certificate.ts'
import type { Figure } from '../figures.ts'
import { lineUp } from '../half.ts'
import type { LoadPrograms } from '../load.ts'
import type { Column } from '../report.ts'
import { measureAll } from '../runner.ts'
import { startListening } from './stream-load.ts'
import { haproxy } from './ways/haproxy.ts'
import { portolan } from './ways/portolan.ts'
import { sshD } from './ways/ssh.ts'
import { stunnel } from './ways/stunnel.ts'
import type { Packages, Way, WayKind } from './ways/way.ts'
import { type StreamWork, streamWorks } from './works.ts'

export const WAY_NAMES: readonly string[] = ['portolan', 'ssh-d', 'stunnel', 'haproxy']

export interface StreamsOptions {
  readonly rounds: number
  readonly quick: boolean
  /** Names; empty: all. */
  readonly only: readonly string[]
  readonly work: readonly string[]
}

interface StreamsOutcome {
  readonly columns: readonly Column[]
  readonly works: readonly StreamWork[]
  readonly figures: ReadonlyMap<string, ReadonlyMap<string, Figure>>
}

/** Moves bytes through every way in turn. */
export async function measureStreams(
  { stream, relay }: LoadPrograms,
  packages: Packages,
  { rounds, quick, only, work }: StreamsOptions,
  say: (line: string) => void,
): Promise<StreamsOutcome> {
  await using stack = new AsyncDisposableStack()
  const scratch = await mkdtemp(join(tmpdir(), 'portolan-bench-gateway-'))
  stack.defer(() => rm(scratch, { recursive: true, force: true }))
  const certificate = await makeCertificate(scratch)
  const server = await startListening(stream, ['serve'])
  stack.use(server.program)

  const all = [portolan, sshD(packages), stunnel(packages), haproxy]
  const asked = all.filter(({ name }) => only.length === 0 || only.includes(name))
  const { present, columns } = await lineUp(asked)
  const works = streamWorks.filter(({ name }) => work.length === 0 || work.includes(name))

  let started = 0
  const start = async (kind: WayKind, delay: number, owner: AsyncDisposableStack): Promise<Way> => {
    const folder = join(scratch, `${kind.name}-${started++}`)
    await mkdir(folder)
    return owner.use(await kind.start({ relay, server: server.port, scratch: folder, certificate, delay }))
  }
  const kept = new Map<string, Promise<Way>>()
  const keep = (kind: WayKind, delay: number) => {
    const key = `${kind.name} ${delay}`
    const way = kept.get(key) ?? start(kind, delay, stack)
    kept.set(key, way)
    return way
  }
  const figures = await measureAll<WayKind, StreamWork>({
    kinds: present,
    works,
    rounds,
    leavesOut: (one, { role }) =>
      one.alone === true && role !== 'subject' ? 'only the subject has a bound' : undefined,
    async measure(one, kind) {
      if (one.alone !== true) return one.measure({ way: await keep(kind, one.delay), stream, quick })
      await using own = new AsyncDisposableStack()
      return await one.measure({ way: await start(kind, one.delay, own), stream, quick })
    },
    progress: say,
  })
  return { columns, works, figures }
}
