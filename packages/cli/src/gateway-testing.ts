import { type ClientIo, clientIo } from './client/client-io.ts'

/** A terminal that nobody sits at; what is written to standard error is kept. */
export function testIo({
  cwd = '/',
  env = {},
}: {
  readonly cwd?: string
  readonly env?: ClientIo['env']
}): ClientIo & { readonly errors: string[] } {
  const errors: string[] = []
  const io = clientIo({ out: () => {}, err: line => void errors.push(line), cwd, errIsTerminal: false })
  return { ...io, env, errors }
}
