import { Command } from 'commander'
import type { Completes } from './completion.ts'
import type { Shell } from './shell.ts'

/** A command of the shell. */
export interface ShellCommand {
  readonly name: string
  readonly alias?: string
  readonly text: string
  /** What its words are, for completion. */
  readonly completes?: Completes
  /** Whether it moves bytes: then there are bars. */
  readonly transfers?: boolean
  /** Its arguments and flags. */
  shape?(command: Command): Command
  run(shell: Shell, words: readonly string[], flags: object): Promise<void>
}

/** Reads the words of a line by a command's arguments and flags. Commander tells mistakes, and help, by `write`. */
export function parseLine(
  command: ShellCommand,
  words: readonly string[],
  write: (text: string) => void,
): { words: string[]; flags: object } {
  const parser = shapeOf(command, write)
  parser.parse([...words], { from: 'user' })
  return { words: parser.args, flags: parser.opts() }
}

/** The help of a command. */
export function helpOf(command: ShellCommand): string {
  return shapeOf(command, () => {})
    .helpInformation()
    .trimEnd()
}

function shapeOf(command: ShellCommand, write: (text: string) => void): Command {
  const { name, text, shape } = command
  const parser = new Command(name)
    .description(text)
    .exitOverride()
    .configureOutput({
      writeOut: out => write(out.trimEnd()),
      writeErr: out => write(out.trimEnd()),
      outputError: (out, tell) => tell(out.replace(/^error: /, `${name}: `)),
    })
    .action(() => {})
  return shape ? shape(parser) : parser
}
