import type { LocalPlace, PostAction, Schedule, Step, Trigger } from '@portolan/console/contract'
import { plural } from '../../format/format.ts'
import { cronText, listText } from './cron-text.ts'

/** When a transfer begins, in words: its schedule, its trigger, or that somebody has to ask. */
export function whenText(
  schedule: Pick<Schedule, 'cron' | 'timeZone'> | undefined,
  trigger: Trigger,
): string {
  const parts = [
    ...(schedule ? [scheduleText(schedule)] : []),
    ...(trigger.on === 'request' && schedule ? [] : [triggerText(trigger)]),
  ]
  return parts.join('; and ')
}

/** A schedule in words, with its time zone. */
export const scheduleText = ({ cron, timeZone }: Pick<Schedule, 'cron' | 'timeZone'>): string =>
  `${cronText(cron) ?? `at times of “${cron}”`} (${timeZone})`

/** A trigger in words. */
function triggerText(trigger: Trigger): string {
  switch (trigger.on) {
    case 'arrival':
      return `when ${trigger.pattern} arrives in ${placeText(trigger.place)}`
    case 'watch':
      return `when ${trigger.pattern} stands in ${placeText(trigger.place)}`
    case 'run-ended':
      return `after ${trigger.transfer} ${trigger.state === 'any' ? 'has ended' : trigger.state === 'failed' ? 'has failed' : 'has succeeded'}`
    case 'data-failed':
      return 'when a data connection of a client fails'
    case 'request':
      return 'when somebody asks'
  }
}

/** A place of this server: `alice:/outbox`, or a folder of the machine. */
const placeText = (place: LocalPlace): string =>
  'user' in place ? `${place.user}:${place.path}` : place.folder

/** What the steps do, one after the other. */
export const stepsText = (steps: readonly Step[]): string => steps.map(stepText).join(', then ')

/** What a step does. */
function stepText(step: Step): string {
  switch (step.do) {
    case 'push': {
      const what = step.from ? `${step.pattern} of ${placeText(step.from)}` : 'the file'
      const after = listText(
        [afterText(step.onSuccess, 'here'), afterText(step.remoteOnSuccess, 'there')].flat(),
      )
      return `push ${what} to ${step.site}${step.to === '' ? '' : `:${step.to}`}${after === '' ? '' : ` and ${after}`}`
    }
    case 'pull': {
      const after = listText(
        [afterText(step.onSuccess, 'here'), afterText(step.remoteOnSuccess, 'there')].flat(),
      )
      return `pull ${step.pattern} of ${step.site}${step.from === '' ? '' : `:${step.from}`} to ${placeText(step.to)}${after === '' ? '' : ` and ${after}`}`
    }
    case 'rename':
      return `rename to ${step.to}`
    case 'delete':
      return 'delete the files'
    case 'compress':
      return `compress (${step.format})`
    case 'checksum-file':
      return `write ${step.algorithm} files`
    case 'webhook':
      return `call ${hostOf(step.url)}`
    case 'mail':
      return `mail ${step.to.length === 1 ? step.to[0] : plural(step.to.length, 'address', 'addresses')}`
    case 'program':
      return `run ${step.program}`
  }
}

function afterText(action: PostAction, where: string): string[] {
  switch (action.do) {
    case 'nothing':
      return []
    case 'delete':
      return [`delete it ${where}`]
    case 'move':
      return [`move it ${where} to ${action.to}`]
    case 'rename':
      return [`rename it ${where} to ${action.to}`]
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url
}
