import { sendMail } from '../alerts/mail.ts'
import { callWebhook } from '../alerts/webhook.ts'
import type { Step } from '../model/index.ts'
import { expandPlaceholders } from '../placeholders.ts'
import type { LocalFile } from '../run/progress.ts'
import { propertiesOf, type StepContext } from './context.ts'
import { placeOf } from './place.ts'

/** Milliseconds that a webhook may take. */
const WEBHOOK_MS = 30_000
/** Files that a webhook names. */
const MOST_FILES = 1_000

/** Posts what the run has done so far. */
export async function webhook(
  step: Extract<Step, { do: 'webhook' }>,
  context: StepContext,
): Promise<readonly LocalFile[]> {
  const { run, tools, files } = context
  const body = {
    event: 'run-step',
    run: run.id,
    transfer: run.row.transfer,
    attempt: run.row.attempt,
    cause: { kind: run.row.cause.kind, text: run.row.cause.text, properties: run.row.cause.properties },
    files: files.slice(0, MOST_FILES).map(file => placeOf(file)),
    ...(run.progress.ending && { error: { code: run.progress.ending.code, text: run.progress.ending.text } }),
  }
  await callWebhook({
    url: step.url,
    body,
    key: tools.options.webhookKey(),
    id: `${run.id}-${context.prefix.slice(0, -1)}`,
    now: tools.now(),
    signal: run.signal,
    timeoutMs: WEBHOOK_MS,
  })
  run.note('step', 'The webhook was called.')
  return files
}

/** Sends a letter. */
export async function mail(
  step: Extract<Step, { do: 'mail' }>,
  context: StepContext,
): Promise<readonly LocalFile[]> {
  const { run, tools, files } = context
  const properties = propertiesOf(context, files[0]?.seen?.path ?? files[0]?.path)
  await sendMail(tools.options.mail(), {
    to: step.to,
    subject: expandPlaceholders(step.subject, properties),
    text: expandPlaceholders(step.text, properties),
    id: `${run.id}-${context.prefix.slice(0, -1)}`,
  })
  run.note('step', `A letter was sent to ${step.to.join(', ')}.`)
  return files
}
