import { count } from './amounts.ts'
import type { Tally } from './tally.ts'

/**
 * What is said after Ctrl-C: what is kept, and how to go on.
 *
 * @param resumeWith - the flag that the same command needs for it, if any
 */
export function stopSentence({ files, stopped }: Tally, resumeWith?: string): string {
  const finished = files > 0 ? ` ${count(files, 'file')} done.` : ''
  const kept = stopped.filter(one => one.kept > 0)
  const [only] = kept
  if (!only) return `Stopped.${finished}`
  const again = `run the same command again${resumeWith === undefined ? '' : ` with ${resumeWith}`} to go on`
  if (kept.length === 1) return `Stopped.${finished} The part is kept: ${again} at byte ${only.kept}.`
  return `Stopped.${finished} The parts of ${kept.length} are kept: ${again} where they ended.`
}
