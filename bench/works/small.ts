import { BenchError } from '../errors.ts'
import { PATHS } from '../stage.ts'
import type { Target, Work } from './work.ts'

/** Many downloads of 10 KiB one after the other in one session, each with its own EPSV. */
export function smallFiles(count: number, target: Target): Work {
  return {
    name: 'small',
    title: `${count.toLocaleString('en')} RETR of 10 KiB in one session`,
    unit: 'files/s',
    tls: false,
    running: 'kept',
    target,
    leavesOut: () => undefined,
    async measure({ instance, load, stage }) {
      const result = await load.transfer({ port: instance.port, command: 'RETR', path: PATHS.small, count })
      const expected = count * stage.sizes.small
      if (result.bytes !== expected) throw new BenchError(`${result.bytes} bytes of ${expected} arrived`)
      return {
        value: count / result.seconds,
        detail: { seconds: result.seconds, generatorCpuSeconds: result.cpuSeconds },
      }
    },
  }
}
