export {
  type PostAction,
  postAction,
  retryPolicy,
  type Site,
  type SiteInput,
  type SiteSecrets,
  site,
  siteSecrets,
} from './site.ts'
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
} from './transfer.ts'
export { type Zone, zone } from './zone.ts'
