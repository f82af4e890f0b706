import type { EngineOptions } from '../engine.ts'
import { RunError } from '../run/failure.ts'

/** A letter. */
export interface Letter {
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  /** The same for the same letter, so that one that is sent twice is seen once. */
  readonly id: string
}

/** Milliseconds for each step of the dialogue with the mail server. */
const STEP_MS = 20_000

/** @throws {RunError} `RUN_MAIL` */
export async function sendMail(way: ReturnType<EngineOptions['mail']>, letter: Letter): Promise<void> {
  if (!way)
    throw new RunError(
      'RUN_MAIL',
      'No mail leaves here: name a mail server in the settings of the transfers.',
    )
  const { host, port, tls, from, user, password } = way
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'off',
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.sendMail({
      from,
      to: [...letter.to],
      subject: letter.subject.replaceAll(/[\r\n]+/g, ' '),
      text: letter.text,
      messageId: `<${letter.id}@portolan>`,
    })
  } catch (error) {
    const code = error instanceof Error && 'responseCode' in error ? error.responseCode : undefined
    const why = error instanceof Error ? error.message : String(error)
    throw new RunError('RUN_MAIL', `The mail server ${host} did not take the letter: ${why}.`, {
      transient: typeof code !== 'number' || code < 500,
      cause: error,
    })
  } finally {
    transport.close()
  }
}
