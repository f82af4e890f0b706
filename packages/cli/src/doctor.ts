import { type Diagnosis, type DoctorAsk, diagnose, type Outcome } from '@portolan/doctor'
import type { ClientIo } from './client/client-io.ts'
import { type Connection, readConnection } from './client/client-options.ts'
import { isFtpError } from './client/exit-codes.ts'
import { listenForInterrupt } from './client/interrupt.ts'
import { askOf, type DoctorFlags } from './doctor-flags.ts'
import { DoctorText } from './doctor-text.ts'
import { UserError } from './user-error.ts'

/**
 * Exit codes of `portolan doctor`. Arguments that cannot be used end it with 2, too, with a message on standard error
 * and nothing on standard output.
 */
const DOCTOR_EXIT: Readonly<Record<Outcome, number>> = { good: 0, warnings: 1, 'no-data': 2, 'no-login': 3 }

/** `portolan doctor`: examines a connection, says what is in the way and what to do about it. */
export async function runDoctor(url: string, flags: DoctorFlags, io: ClientIo): Promise<number> {
  const asked = askOf(flags)
  const connection = await readConnection(url, { flags, io })
  using interrupt = listenForInterrupt()
  const text = flags.json ? undefined : new DoctorText(io)
  const diagnosis = await examine({
    ...placeOf(connection),
    ...asked,
    options: connection.options,
    signal: interrupt.signal,
    ...(text && { onStep: step => text.step(step) }),
  })
  if (text) text.conclude(diagnosis)
  else io.out(JSON.stringify(jsonOf(diagnosis), null, 2))
  return interrupt.exitCode ?? DOCTOR_EXIT[diagnosis.outcome]
}

async function examine(ask: DoctorAsk): Promise<Diagnosis> {
  try {
    return await diagnose(ask)
  } catch (error) {
    if (isFtpError(error) && error.code === 'FTP_SETTING') throw new UserError(error.message)
    throw error
  }
}

/** A path that ends with a slash is a folder; of another, nobody knows: the folder that it is in is listed. */
function placeOf({ path }: Connection): Pick<DoctorAsk, 'folder' | 'file'> {
  if (path === '' || path.endsWith('/')) return path === '' ? {} : { folder: path }
  const slash = path.lastIndexOf('/')
  return { file: path, ...(slash >= 0 && { folder: path.slice(0, slash + 1) }) }
}

/** What `--json` prints. */
function jsonOf({ outcome, steps, verdicts, works, settings }: Diagnosis): object {
  return { outcome, steps, verdicts, works: works ?? null, settings: settings ?? null }
}
