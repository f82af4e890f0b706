/** Bounds a wait. @throws {Error} that names what did not happen, when it has not after `limitMs` milliseconds */
export async function within<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Asks until the answer is `true`. For what a server tells only when it is asked. @throws {Error} with the last answer */
export async function until(
  question: () => Promise<true | string>,
  { limitMs = 10_000, everyMs = 10 }: { limitMs?: number; everyMs?: number } = {},
): Promise<void> {
  const end = performance.now() + limitMs
  for (;;) {
    const answer = await question()
    if (answer === true) return
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${answer}`)
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
}
