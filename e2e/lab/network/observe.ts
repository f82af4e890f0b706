import { join } from 'node:path'
import type { LabServer } from '../servers/start.ts'
import type { Namespace } from './namespaces.ts'
import type { Topology } from './topology.ts'

const ACTIVE_LISTING = join(import.meta.dirname, 'active-listing.py')

/** How a client gets its data connection. */
export type DataWay =
  /** EPSV; curl falls back to PASV when it is refused. */
  | 'EPSV'
  /** PASV, with the port of the reply at the address of the control connection. */
  | 'PASV'
  /** PASV, with the address of the reply. */
  | 'PASV told'
  /** PORT with the client's own address. */
  | 'PORT'

export const DATA_WAYS: readonly DataWay[] = ['EPSV', 'PASV', 'PASV told', 'PORT']

/** What came of a listing. */
export type Outcome = 'lists' | 'times out' | 'refused' | 'PORT refused' | 'no TLS' | 'reset' | 'other'

/** What a client saw, and its conversation. */
export interface Observation {
  readonly outcome: Outcome
  /** curl's log: `> ` before commands, `< ` before replies. Of PORT only what ftplib complained of. */
  readonly log: string
}

/** curl's exit codes. 28: too late; 7: refused; 30: PORT refused; 64: no TLS; the rest: the connection broke. */
const OUTCOMES: Readonly<Record<number, Outcome>> = {
  0: 'lists',
  7: 'refused',
  28: 'times out',
  30: 'PORT refused',
  35: 'reset',
  52: 'reset',
  55: 'reset',
  56: 'reset',
  64: 'no TLS',
}

/** How a client asks for a listing. */
export interface Attempt {
  readonly way: DataWay
  readonly tls: boolean
  /** Seconds after which the client gives up. */
  readonly patience: number
}

/** Lists the account's folder from the client's namespace. */
export async function observe(
  { client }: Topology,
  server: LabServer,
  attempt: Attempt,
): Promise<Observation> {
  const { way, tls, patience } = attempt
  if (way === 'PORT') return listByFtplib(client, server, attempt)
  const { code, stderr } = await client.run('curl', [
    ...['-q', '--silent', '--show-error', '--verbose', '--max-time', String(patience)],
    ...['--user', `${server.user}:${server.password}`],
    ...(tls ? ['--ssl-reqd', '--tls-max', '1.2', '--cacert', server.certificate ?? ''] : []),
    ...(way === 'EPSV' ? [] : ['--disable-epsv']),
    ...(way === 'PASV told' ? ['--no-ftp-skip-pasv-ip'] : []),
    `ftp://${server.host}:${server.port}/`,
  ])
  return { outcome: OUTCOMES[code ?? -1] ?? 'other', log: stderr }
}

/** curl 7.88 has no active mode under TLS (its issue 10666); Python's ftplib has, and sends PORT alone. */
async function listByFtplib(
  client: Namespace,
  { host, port, user, password, certificate }: LabServer,
  { tls, patience }: Attempt,
): Promise<Observation> {
  const settings = JSON.stringify({ host, port, user, password, certificate, tls, patience })
  const { stdout, stderr } = await client.run('python3', [ACTIVE_LISTING, settings])
  const said = stdout.trim()
  const known = Object.values(OUTCOMES).find(outcome => outcome === said)
  return { outcome: known ?? 'other', log: said + stderr }
}
