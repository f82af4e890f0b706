import assert from 'node:assert/strict'
import { test } from 'node:test'
import { main } from '../main.ts'

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    cwd: process.cwd(),
    errIsTerminal: false,
  }
  const code = await main(args, io)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const COMMANDS = [
  'ls',
  'get',
  'put',
  'cat',
  'rm',
  'mkdir',
  'mv',
  'stat',
  'checksum',
  'mirror',
  'fxp',
  'shell',
]

for (const name of COMMANDS) {
  test(`portolan ${name} --help tells flags, URLs, where passwords come from, and exit codes`, async () => {
    const { code, out } = await run(name, '--help')
    assert.equal(code, 0)
    assert.match(out, new RegExp(`^Usage: portolan ${name} `))
    for (const part of [
      /--pasv-address/,
      /--json/,
      /ftpes:\/\//,
      /PORTOLAN_PASSWORD/,
      /^Exit codes: 0 done/m,
    ])
      assert.match(out, part)
  })
}

for (const args of [
  ...COMMANDS.filter(name => name !== 'shell').map(name => [name]),
  ['mv', 'ftp://h/x'],
  ['mirror', 'x'],
]) {
  test(`portolan ${args.join(' ')} tells what is missing, with code 2`, async () => {
    const { code, err } = await run(...args)
    assert.equal(code, 2)
    assert.match(err, /^portolan: missing required argument/)
  })
}

test('portolan sites: add, list, show, remove', async () => {
  const { out } = await run('sites', '--help')
  for (const name of ['add', 'list', 'show', 'remove']) assert.match(out, new RegExp(`^ {2}${name} `, 'm'))
})
