import type { ControllerLink } from '../link.ts'

/** How much of a second's bytes is asked for at once: small enough to be fair among sessions, large enough to be rare. */
const SHARE_OF_SECOND = 1 / 8

/**
 * Slows one transfer down to its user's rate. The controller hands out bytes, so that all sessions of a user in all
 * workers share one rate.
 */
export function rateGate(
  link: ControllerLink,
  ask: { user: string; direction: 'upload' | 'download'; perSecond: number; signal: AbortSignal },
): (bytes: number) => Promise<void> | undefined {
  let credit = 0
  const more = async (bytes: number): Promise<void> => {
    const want = Math.max(bytes - credit, Math.ceil(ask.perSecond * SHARE_OF_SECOND))
    const wait = await link.takeRate({
      user: ask.user,
      direction: ask.direction,
      bytes: want,
      perSecond: ask.perSecond,
    })
    credit += want - bytes
    if (wait > 0) await sleep(wait, ask.signal)
  }
  return bytes => {
    if (credit < bytes) return more(bytes)
    credit -= bytes
    return undefined
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
