import type { Condition, Schedule, TransferView, TransferWrite, Trigger } from '@portolan/console/contract'
import { bare, type Keyed, keyed } from '../../components/keyed.ts'
import {
  fieldsOfSteps,
  formOfPlace,
  formOfStep,
  type PlaceForm,
  placeOfForm,
  type StepForm,
  stepOfForm,
} from './step-form.ts'

/** A trigger with the fields of every kind. */
export interface TriggerForm {
  readonly on: Trigger['on']
  readonly place: PlaceForm
  readonly pattern: string
  readonly subfolders: boolean
  readonly quietSeconds: number | string
  readonly transfer: string
  readonly state: 'succeeded' | 'failed' | 'any'
}

export interface RetryForm {
  readonly attempts: number | string
  readonly first: number | string
  readonly factor: number | string
  readonly ceiling: number | string
  /** Hundredths. */
  readonly jitter: number | string
}

/** A transfer as its form holds it. */
export interface TransferForm {
  enabled: boolean
  description: string
  scheduled: boolean
  schedule: { cron: string; timeZone: string; except: string[]; missed: Schedule['missed'] }
  trigger: TriggerForm
  conditions: readonly Keyed<Condition>[]
  steps: readonly Keyed<StepForm>[]
  onFailure: readonly Keyed<StepForm>[]
  ownRetry: boolean
  retry: RetryForm
  alerts: { mail: string[]; webhook: string; on: 'failed' | 'always' }
}

const USUAL_RETRY: RetryForm = { attempts: 5, first: 30, factor: 2, ceiling: 3600, jitter: 20 }

/** What the form opens with. */
export function formOfTransfer(one: TransferView): TransferForm {
  return {
    enabled: one.enabled,
    description: one.description ?? '',
    scheduled: one.schedule !== undefined,
    schedule: {
      cron: one.schedule?.cron ?? '0 6 * * *',
      timeZone: one.schedule?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      except: [...(one.schedule?.except ?? [])],
      missed: one.schedule?.missed ?? 'once',
    },
    trigger: formOfTrigger(one.trigger),
    conditions: one.conditions.map(keyed),
    steps: one.steps.map(formOfStep),
    onFailure: one.onFailure.map(formOfStep),
    ownRetry: one.retry !== undefined,
    retry: one.retry ? formOfRetry(one.retry) : USUAL_RETRY,
    alerts: { mail: [...one.alerts.mail], webhook: one.alerts.webhook ?? '', on: one.alerts.on },
  }
}

export function formOfRetry({ jitter, ...rest }: NonNullable<TransferView['retry']>): RetryForm {
  return { ...rest, jitter: Number((jitter * 100).toFixed(4)) }
}

export function retryOfForm({ attempts, first, factor, ceiling, jitter }: RetryForm) {
  return {
    attempts: Number(attempts),
    first: Number(first),
    factor: Number(factor),
    ceiling: Number(ceiling),
    jitter: Number(jitter) / 100,
  }
}

function formOfTrigger(trigger: Trigger): TriggerForm {
  const usual: TriggerForm = {
    on: trigger.on,
    place: { kind: 'user', user: '', path: '/', folder: '' },
    pattern: '*',
    subfolders: false,
    quietSeconds: 10,
    transfer: '',
    state: 'succeeded',
  }
  if (trigger.on === 'arrival') {
    const { place, pattern, subfolders } = trigger
    return { ...usual, place: formOfPlace(place), pattern, subfolders }
  }
  if (trigger.on === 'watch') {
    const { place, pattern, subfolders, quietSeconds } = trigger
    return { ...usual, place: formOfPlace(place), pattern, subfolders, quietSeconds }
  }
  return trigger.on === 'run-ended' ? { ...usual, transfer: trigger.transfer, state: trigger.state } : usual
}

/** The trigger as the API takes it. */
function triggerOfForm(form: TriggerForm): Trigger {
  const where = {
    place: placeOfForm(form.place) ?? { user: '', path: '/' },
    pattern: form.pattern.trim(),
    subfolders: form.subfolders,
  }
  switch (form.on) {
    case 'arrival':
      return { on: 'arrival', ...where }
    case 'watch':
      return { on: 'watch', ...where, quietSeconds: Number(form.quietSeconds) }
    case 'run-ended':
      return { on: 'run-ended', transfer: form.transfer, state: form.state }
    case 'data-failed':
      return { on: 'data-failed' }
    case 'request':
      return { on: 'request' }
  }
}

/** What is sent to replace the transfer. */
export function writeOfTransfer(
  form: TransferForm,
  { name, revision }: Pick<TransferView, 'name' | 'revision'>,
): TransferWrite {
  const { cron, timeZone, except, missed } = form.schedule
  return {
    name,
    revision,
    enabled: form.enabled,
    description: textOf(form.description),
    schedule: form.scheduled
      ? { cron: cron.trim(), timeZone, except: [...except].sort(), missed }
      : undefined,
    trigger: triggerOfForm(form.trigger),
    conditions: form.conditions.map(bare),
    steps: form.steps.map(stepOfForm),
    onFailure: form.onFailure.map(stepOfForm),
    retry: form.ownRetry ? retryOfForm(form.retry) : undefined,
    alerts: { mail: form.alerts.mail, webhook: textOf(form.alerts.webhook), on: form.alerts.on },
  }
}

const textOf = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim())

/** Every field at which a mistake can stand. */
export function fieldsOfTransfer(form: TransferForm): readonly string[] {
  return [
    'name',
    'description',
    ...['schedule', 'schedule.cron', 'schedule.timeZone', 'schedule.except', 'schedule.missed'],
    ...['trigger', 'trigger.place', 'trigger.place.user', 'trigger.place.path', 'trigger.place.folder'],
    ...['trigger.pattern', 'trigger.quietSeconds', 'trigger.transfer', 'trigger.state'],
    ...form.conditions.flatMap((_, at) =>
      ['', '.property', '.is', '.value'].map(part => `conditions.${at}${part}`),
    ),
    'steps',
    ...fieldsOfSteps('steps', form.steps),
    'onFailure',
    ...fieldsOfSteps('onFailure', form.onFailure),
    ...['attempts', 'first', 'factor', 'ceiling', 'jitter'].map(part => `retry.${part}`),
    ...['alerts.mail', 'alerts.webhook', 'alerts.on'],
  ]
}
