export {
  type PostAction,
  postAction,
  retryPolicy,
  type Site,
  type SiteInput,
  type SiteSecrets,
  site,
  siteSecrets,
} from './model/site.ts'
export {
  type Condition,
  condition,
  type LocalPlace,
  localPlace,
  type Schedule,
  type Step,
  schedule,
  step,
  type Transfer,
  type TransferInput,
  type Trigger,
  transfer,
  trigger,
} from './model/transfer.ts'
export { type Zone, zone } from './model/zone.ts'
