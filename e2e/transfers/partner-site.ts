import type { SiteInput } from '@portolan/transfers'
import type { LabServer } from '../lab/servers/start.ts'

/** How a site reaches a server of the lab that speaks no TLS. */
export const addressAndUser = ({ host, port, user }: LabServer) =>
  ({ host, port, user, protocol: 'ftp' }) satisfies Omit<SiteInput, 'name'>
