import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findLogin, type NetrcEntry, parseNetrc } from './netrc.ts'

const files: { title: string; text: string; entries: NetrcEntry[] }[] = [
  { title: 'an empty file', text: '', entries: [] },
  {
    title: 'one line',
    text: 'machine ftp.example.org login anna password sesame',
    entries: [{ machine: 'ftp.example.org', login: 'anna', password: 'sesame' }],
  },
  {
    title: 'one word on a line, CRLF and tabs',
    text: 'machine\th\r\n\tlogin\r\n a\r\npassword p\r\naccount c\r\n',
    entries: [{ machine: 'h', login: 'a', password: 'p', account: 'c' }],
  },
  {
    title: 'several machines and default',
    text: 'machine A login x\nmachine b password y\ndefault login anonymous password me@here',
    entries: [
      { machine: 'a', login: 'x' },
      { machine: 'b', password: 'y' },
      { machine: undefined, login: 'anonymous', password: 'me@here' },
    ],
  },
  {
    title: 'comments, and a password that begins with #',
    text: '# machine no login no\nmachine h # a comment\n login a password #1',
    entries: [{ machine: 'h', login: 'a', password: '#1' }],
  },
  {
    title: 'values in quotes',
    text: 'machine h login "anna b" password "a\\"b\\\\c"',
    entries: [{ machine: 'h', login: 'anna b', password: 'a"b\\c' }],
  },
  {
    title: 'a quote that is no quotation',
    text: 'machine h password "half login x',
    entries: [{ machine: 'h', password: '"half', login: 'x' }],
  },
  {
    title: 'values that are keywords',
    text: 'machine machine login login password password',
    entries: [{ machine: 'machine', login: 'login', password: 'password' }],
  },
  {
    title: 'a macro, to the empty line',
    text: 'machine h\nmacdef init\n cd /pub\nmachine no login no\n\nlogin a\nmachine i password p',
    entries: [
      { machine: 'h', login: 'a' },
      { machine: 'i', password: 'p' },
    ],
  },
  {
    title: 'a macro without an end',
    text: 'machine h\nmacdef init\nmachine no',
    entries: [{ machine: 'h' }],
  },
]

for (const { title, text, entries } of files) {
  test(`${title} is read`, () => {
    assert.deepEqual(parseNetrc(text), { entries, problems: [] })
  })
}

const broken: { text: string; problem: RegExp }[] = [
  { text: 'login a', problem: /^line 1: login comes before any machine$/ },
  { text: 'machine h\n\npasword sesame', problem: /^line 3: a word that is neither/ },
  { text: 'machine', problem: /^line 1: machine has no name$/ },
  { text: 'machine h\npassword', problem: /^line 2: password has no value$/ },
]

for (const { text, problem } of broken) {
  test(`${JSON.stringify(text)} is told, without its words`, () => {
    const { problems } = parseNetrc(text)
    assert.match(problems[0] ?? '', problem)
    assert.ok(!problems.join().includes('sesame'))
  })
}

const lookups: { host: string; login?: string; password: string | undefined }[] = [
  { host: 'h', password: 'one' },
  { host: 'H', password: 'one' },
  { host: 'h', login: 'b', password: 'two' },
  { host: 'h', login: 'c', password: 'any' },
  { host: 'nobody', login: 'guest', password: 'last' },
  { host: 'nobody', login: 'other', password: undefined },
  { host: 'i', login: 'whoever', password: 'noname' },
]

for (const { host, login, password } of lookups) {
  test(`the password for ${login ?? 'nobody in particular'} at ${host} is ${password}`, () => {
    const netrc = parseNetrc(
      `machine h login a password one  machine h login b password two  machine h password any
       machine i password noname  default login guest password last`,
    )
    assert.equal(findLogin(netrc, host, login)?.password, password)
  })
}

test('whatever is written in quotes comes out as it was', () => {
  const value = fc.string().filter(text => !/[\n\r]/.test(text))
  fc.assert(
    fc.property(value, value, (login, password) => {
      const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
      const { entries } = parseNetrc(`machine h login ${quoted(login)} password ${quoted(password)}\n`)
      assert.deepEqual(entries, [{ machine: 'h', login, password }])
    }),
  )
})

test('no text keeps it from ending', () => {
  const word = fc.constantFrom('machine', 'login', 'macdef', '"', '#', '\n', ' ', '\\', 'x', 'default')
  fc.assert(
    fc.property(fc.array(word), words => {
      parseNetrc(words.join(''))
      parseNetrc(words.join(' '))
    }),
  )
})
