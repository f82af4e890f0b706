import type { JsonValue } from '@portolan/store'
import type { SiteView, TransferView, ZoneView } from '../../contract/index.ts'
import { asJson } from '../users/user-view.ts'

/** What the audit log keeps of a zone: what was set. */
export function auditOfZone(view: ZoneView): JsonValue {
  const {
    sites: _s,
    hasPassword: _h,
    revision: _r,
    changedAt: _a,
    changedBy: _b,
    warnings: _w,
    ...zone
  } = view
  return asJson(zone)
}

/** What the audit log keeps of a site: what was set, without secrets. */
export function auditOfSite(view: SiteView): JsonValue {
  const { hasPassword: _p, hasKey: _k, transfers: _t, lastRun: _l, ...rest } = view
  const { revision: _r, changedAt: _a, changedBy: _b, warnings: _w, ...site } = rest
  return asJson(site)
}

/** What the audit log keeps of a transfer: what was set. */
export function auditOfTransfer(view: TransferView): JsonValue {
  const {
    revision: _r,
    changedAt: _a,
    changedBy: _b,
    next: _n,
    lastRun: _l,
    warnings: _w,
    ...transfer
  } = view
  return asJson(transfer)
}
