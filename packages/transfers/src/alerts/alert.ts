import type { EngineOptions } from '../engine.ts'
import type { HeldRun } from '../run/held-run.ts'
import type { Life } from '../run/machine.ts'
import { sendMail } from './mail.ts'
import { callWebhook } from './webhook.ts'

/** Milliseconds that a webhook of an alert may take: the run's end waits for it. */
const WEBHOOK_MS = 10_000

/**
 * Tells those who want to know how a run has ended. It is told before the end is written, so that a node which dies tells it
 * twice rather than never. What cannot be told is in the timeline.
 */
export async function alertAbout(
  run: HeldRun,
  life: Extract<Life, { endedAt: number }>,
  options: EngineOptions,
  now: number,
): Promise<void> {
  const { alerts } = run.definition
  if (alerts.on === 'failed' && life.phase !== 'failed') return
  const error = 'error' in life ? life.error : undefined
  const text = `The run ${run.id} of ${run.row.transfer} ${life.phase === 'cancelled' ? 'was' : 'has'} ${life.phase}${
    error ? `: ${error.text}` : '.'
  }`
  const tell = async (way: string, telling: () => Promise<void>) => {
    try {
      await telling()
      run.note('alert', `Told by ${way}.`, {}, true)
    } catch (failure) {
      const why = failure instanceof Error ? failure.message : String(failure)
      run.note('warning', `The end of the run could not be told by ${way}: ${why}`, {}, true)
    }
  }
  const { mail, webhook } = alerts
  if (mail.length > 0) {
    const subject = `${run.row.transfer}: ${life.phase}`
    await tell('mail', () =>
      sendMail(options.mail(), { to: mail, subject, text: `${text}\n`, id: `${run.id}-end` }),
    )
  }
  if (webhook !== undefined) {
    const body = {
      event: 'run-ended',
      run: run.id,
      transfer: run.row.transfer,
      state: life.phase,
      attempt: life.attempt,
      files: run.row.files,
      filesDone: run.row.filesDone,
      bytes: run.row.bytes,
      endedAt: life.endedAt,
      cause: run.row.cause.text,
      ...(error && { error: { code: error.code, text: error.text } }),
    }
    const { signal } = run
    const id = `${run.id}-end`
    await tell('webhook', () =>
      callWebhook({ url: webhook, body, key: options.webhookKey(), id, now, signal, timeoutMs: WEBHOOK_MS }),
    )
  }
}
