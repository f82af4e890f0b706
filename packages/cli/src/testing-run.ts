import { main } from './main.ts'

/** Runs the command in a folder and answers what it wrote. */
export async function runMain(
  cwd: string,
  args: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = []
  const err: string[] = []
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    cwd,
    errIsTerminal: false,
  }
  const code = await main(args, io)
  return { code, out: out.join('\n'), err: err.join('\n') }
}
