import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { folderPart, lastName } from '../remote-names.ts'
import { cutWords, quoteWord } from './words.ts'

/** What a word of a command can be. */
export type Completes = 'remote' | 'local' | 'command'

/** What completion asks of the shell. */
export interface CompletionSource {
  readonly commands: readonly string[]
  /** What the words of a command are; undefined for one that is not known. */
  completes(command: string): Completes | undefined
  /** The names in a remote folder, folders with `/` behind them. */
  remoteNames(folder: string): Promise<readonly string[]>
  /** What relative local paths are relative to. */
  readonly cwd: string
}

/** What Tab offers: what the last word could become, and that word as it was typed. */
export async function complete(line: string, source: CompletionSource): Promise<[string[], string]> {
  const { words } = cutWords(line)
  const last = words.at(-1)
  const fresh = !last || (/\s$/.test(line) && !line.endsWith('\\ '))
  const typed = fresh ? '' : line.slice(last.start)
  const text = fresh ? '' : last.text
  const index = words.length - (fresh ? 0 : 1)
  if (index === 0) return [startingWith(source.commands, text).map(name => `${name} `), typed]
  const kind = source.completes(words[0]?.text ?? '')
  if (kind === 'command') return [startingWith(source.commands, text), typed]
  if (kind === undefined || text.startsWith('-')) return [[], typed]
  const folder = folderPart(text)
  const names =
    kind === 'remote' ? await source.remoteNames(folder) : await localNames(resolve(source.cwd, folder))
  const found = startingWith(names, lastName(text)).filter(
    name => text.includes('.') || !name.startsWith('.'),
  )
  const offers = found.map(name => quoteWord(folder + name))
  return [offers.map(offer => (offers.length === 1 && !offer.endsWith('/') ? `${offer} ` : offer)), typed]
}

function startingWith(names: readonly string[], start: string): string[] {
  return names.filter(name => name.startsWith(start)).toSorted()
}

async function localNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name))
}
