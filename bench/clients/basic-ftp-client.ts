/** One transfer with basic-ftp for the benchmark. Its only argument is a JSON object; see basic-ftp.ts. */
import { Client } from 'basic-ftp'
import type { Order } from './client.ts'

/** What the script is told. */
export interface BasicFtpOrder
  extends Pick<Order, 'direction' | 'files' | 'tls' | 'host' | 'port' | 'remote' | 'local'> {
  readonly user: string
  readonly password: string
}

const order: BasicFtpOrder = JSON.parse(process.argv[2] ?? '')
const { direction, files, tls, host, port, user, password, local, remote } = order

const client = new Client()
try {
  await client.access({
    host,
    port,
    user,
    password,
    secure: tls,
    ...(tls && { secureOptions: { rejectUnauthorized: false, minVersion: 'TLSv1.3' } }),
  })
  if (files === 'one') {
    await (direction === 'down' ? client.downloadTo(local, remote) : client.uploadFrom(local, remote))
  } else {
    await (direction === 'down' ? client.downloadToDir(local, remote) : client.uploadFromDir(local, remote))
  }
} finally {
  client.close()
}
