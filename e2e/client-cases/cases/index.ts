import type { ClientCase } from '../case.ts'
import { ABORT_CASES } from './aborts.ts'
import { ACTIVE_CASES } from './active.ts'
import { ADDRESS_CASES } from './addresses.ts'
import { DOWNLOAD_CASES } from './downloads.ts'
import { DURING_CASES } from './during.ts'
import { FACT_CASES } from './facts.ts'
import { GREETING_CASES } from './greeting.ts'
import { LISTING_CASES } from './listings.ts'
import { LOCAL_CASES } from './local.ts'
import { LOGIN_CASES } from './login.ts'
import { NAME_CASES } from './names.ts'
import { PARALLEL_CASES } from './parallel.ts'
import { PASSIVE_CASES } from './passive.ts'
import { PROXY_CASES } from './proxies.ts'
import { REPLY_CASES } from './replies.ts'
import { RESUME_CASES } from './resumes.ts'
import { TLS_CASES } from './tls.ts'
import { TLS_DATA_CASES } from './tls-data.ts'
import { UPLOAD_CASES } from './uploads.ts'

/** Every case, in groups. */
export const CASES: readonly ClientCase[] = [
  ...GREETING_CASES,
  ...REPLY_CASES,
  ...LOGIN_CASES,
  ...PASSIVE_CASES,
  ...ADDRESS_CASES,
  ...ACTIVE_CASES,
  ...PROXY_CASES,
  ...DOWNLOAD_CASES,
  ...RESUME_CASES,
  ...UPLOAD_CASES,
  ...TLS_CASES,
  ...TLS_DATA_CASES,
  ...DURING_CASES,
  ...ABORT_CASES,
  ...LISTING_CASES,
  ...NAME_CASES,
  ...LOCAL_CASES,
  ...FACT_CASES,
  ...PARALLEL_CASES,
]
