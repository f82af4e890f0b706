import type { DoctorAsk } from '@portolan/doctor'
import type { Command } from 'commander'
import { addConnectionFlags, type ConnectionFlags } from './client/client-flags.ts'
import { parseSeconds } from './client/units.ts'
import { UserError } from './user-error.ts'

/** The flags of `portolan doctor`, as texts. */
export interface DoctorFlags extends ConnectionFlags {
  readonly stepTimeout?: string
  readonly allowClear?: boolean
  readonly file?: string
  readonly idle?: string
  readonly writeTest?: string
  readonly json?: boolean
}

/** The longest silence that is tried, in seconds. */
const MOST_IDLE = 7_200
const MOST_PROBES = 8

/** Puts the flags of `doctor` on a command. */
export function addDoctorFlags(command: Command): Command {
  command
    .option('--json', 'steps, verdicts, what works and settings as one JSON object')
    .option('--step-timeout <s>', 'longest wait of a step, in seconds (default: 10)')
    .option('--allow-clear', 'send the password in the clear too, to compare with what goes under TLS')
    .option('--file <path>', 'file of 8 MiB or more to download while NOOP is sent')
    .option('--idle <seconds>', 'leave the control connection in silence so long, such as 60,120,300')
    .option('--write-test <folder>', 'upload, download, compare and remove a file of 1 MiB there')
  return addConnectionFlags(command)
}

/** What the flags of `doctor` alone ask. @throws {UserError} with what is allowed */
export function askOf(
  flags: DoctorFlags,
): Pick<DoctorAsk, 'stepMs' | 'allowClear' | 'file' | 'idle' | 'writeTest'> {
  const stepMs = flags.stepTimeout === undefined ? undefined : readStep(flags.stepTimeout)
  return {
    ...(stepMs !== undefined && { stepMs }),
    ...(flags.allowClear === true && { allowClear: true }),
    ...(flags.file !== undefined && { file: sendable('--file', flags.file) }),
    ...(flags.writeTest !== undefined && { writeTest: sendable('--write-test', flags.writeTest) }),
    ...(flags.idle !== undefined && { idle: readIdle(flags.idle) }),
  }
}

function readStep(text: string): number {
  const ms = parseSeconds(text)
  if (ms === undefined || ms < 500 || ms > 120_000)
    throw new UserError(
      `--step-timeout is seconds from 0.5 to 120, such as 10, and not ${JSON.stringify(text)}`,
    )
  return ms
}

function readIdle(text: string): readonly number[] {
  const parts = text.split(',').map(part => part.trim())
  const seconds = parts.map(part => (/^\d{1,5}$/.test(part) ? Number(part) : 0))
  if (parts.length > MOST_PROBES || seconds.some(one => one < 1 || one > MOST_IDLE))
    throw new UserError(
      `--idle is ${MOST_PROBES} numbers of seconds at most, from 1 to ${MOST_IDLE}, with commas between them, such as 60,120,300, and not ${JSON.stringify(text)}`,
    )
  return [...new Set(seconds)]
}

function sendable(flag: string, path: string): string {
  if (path !== '' && !/[\r\n\0]/.test(path)) return path
  throw new UserError(`${flag} is a path on the server, without line ends, and not ${JSON.stringify(path)}`)
}
