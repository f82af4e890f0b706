import { STATUS, type Status } from '../codes.ts'

/** A status for what went wrong with an inner TLS. @param why - a sentence */
export function innerTlsStatus(why: string): Status {
  return { code: 'CON_INNER_TLS', text: `${STATUS.CON_INNER_TLS} ${why}` }
}
