/** Starts ftp-srv for the benchmark. Its only argument is a JSON object; see ftp-srv.ts. */
import { readFileSync } from 'node:fs'
import { FtpSrv } from 'ftp-srv'

interface Settings {
  readonly files: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** The passive ports. */
  readonly first: number
  readonly last: number
  /** Paths; both or none. */
  readonly certificate?: string
  readonly key?: string
}

const settings: Settings = JSON.parse(process.argv[2] ?? '')

/** A logger that writes nothing; bunyan's own would write a line of JSON for each command. */
const silent = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
}

const server = new FtpSrv({
  url: `ftp://127.0.0.1:${settings.port}`,
  pasv_url: '127.0.0.1',
  pasv_min: settings.first,
  pasv_max: settings.last,
  ...(settings.certificate === undefined || settings.key === undefined
    ? {}
    : { tls: { cert: readFileSync(settings.certificate), key: readFileSync(settings.key) } }),
  log: silent,
})

server.on('login', ({ username, password }, resolve, reject) => {
  if (username === settings.user && password === settings.password) resolve({ root: settings.files })
  else reject(new Error('wrong password'))
})

await server.listen()
