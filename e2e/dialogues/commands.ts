import type { Script, Step } from './step.ts'

/** A command, and what it is answered: one row becomes a dialogue for each of the ways to send it. */
interface CommandRow {
  /** The verb, with its subcommand after SITE. */
  readonly verb: string
  /** Lines that come first in every dialogue of the row. */
  readonly before?: readonly Step[]
  /** Arguments it takes. Those with something after them are followed by these steps. */
  readonly right: readonly (readonly [argument: string, code: number, text?: RegExp])[]
  /** Arguments it refuses. */
  readonly wrong?: readonly (readonly [argument: string, code: number, text?: RegExp])[]
  /** The code where the argument is missing (501), or where there is one too many. */
  readonly missing?: 501
  readonly superfluous?: 501
  /** The code before login; default 530. */
  readonly stranger?: number
}

const binary: readonly Step[] = [{ send: 'TYPE I', expect: 200 }]

const NOT_THERE = ['nothing.txt', 550] as const

/** Every command that needs no data connection. */
const ROWS: readonly CommandRow[] = [
  { verb: 'PWD', right: [['', 257, /^"\/" /]], superfluous: 501 },
  { verb: 'XPWD', right: [['', 257, /^"\/" /]], superfluous: 501 },
  {
    verb: 'CWD',
    right: [
      ['folder', 250],
      ['/', 250],
      ['./folder/../folder', 250],
    ],
    wrong: [NOT_THERE, ['hello.txt', 550]],
    missing: 501,
  },
  { verb: 'XCWD', right: [['folder', 250]], wrong: [NOT_THERE], missing: 501 },
  {
    verb: 'CDUP',
    right: [
      ['', 250],
      ['', 250],
    ],
    superfluous: 501,
  },
  { verb: 'XCUP', right: [['', 250]], superfluous: 501 },
  {
    verb: 'MKD',
    right: [
      ['new', 257, /^"\/new" /],
      ['folder/new', 257, /^"\/folder\/new" /],
      ['with "quotes"', 257, /^"\/with ""quotes""" /],
    ],
    wrong: [
      ['folder', 550],
      ['no/such/folder', 550],
      ['/', 550],
      ['hello.txt/x', 550],
    ],
    missing: 501,
  },
  { verb: 'XMKD', right: [['new', 257]], wrong: [['folder', 550]], missing: 501 },
  {
    verb: 'RMD',
    right: [['empty', 250]],
    wrong: [NOT_THERE, ['folder', 550], ['hello.txt', 550], ['/', 550], ['..', 550]],
    missing: 501,
  },
  { verb: 'XRMD', right: [['empty', 250]], wrong: [NOT_THERE], missing: 501 },
  {
    verb: 'DELE',
    right: [
      ['hello.txt', 250],
      ['a "quoted" name', 250],
      ['link', 250],
    ],
    wrong: [NOT_THERE, ['folder', 550], ['/', 550], ['../../nothing.txt', 550]],
    missing: 501,
  },
  {
    verb: 'RNFR',
    right: [
      ['hello.txt', 350],
      ['folder', 350],
    ],
    wrong: [NOT_THERE],
    missing: 501,
  },
  { verb: 'RNTO', right: [['x', 503]], missing: 501 },
  {
    verb: 'RNTO',
    before: [{ send: 'RNFR hello.txt', expect: 350 }],
    right: [
      ['moved.txt', 250],
      ['again.txt', 503],
    ],
  },
  {
    verb: 'RNTO',
    before: [{ send: 'RNFR hello.txt', expect: 350 }],
    right: [],
    wrong: [['no/such/folder/x', 550]],
  },
  {
    verb: 'SIZE',
    before: binary,
    right: [
      ['hello.txt', 213, /^5$/],
      ['empty.txt', 213, /^0$/],
      ['big.bin', 213, /^16777216$/],
      ['link', 213, /^5$/],
    ],
    wrong: [NOT_THERE, ['folder', 550]],
    missing: 501,
  },
  { verb: 'SIZE', right: [], wrong: [['hello.txt', 550, /TYPE/]] },
  {
    verb: 'MDTM',
    right: [
      ['hello.txt', 213, /^20200203040506$/],
      ['20210101000000 hello.txt', 213],
      ['hello.txt', 213, /^20210101000000$/],
    ],
    wrong: [NOT_THERE, ['20210101000000 nothing.txt', 550], ['20211301000000 hello.txt', 501]],
    missing: 501,
  },
  {
    verb: 'MFMT',
    right: [['20210101000000 hello.txt', 213, /^Modify=20210101000000; hello\.txt$/]],
    wrong: [
      ['20210101000000 nothing.txt', 550],
      ['yesterday hello.txt', 501],
      ['20210101000000', 501],
      ['20210230000000 hello.txt', 501],
    ],
    missing: 501,
  },
  {
    verb: 'MFF',
    right: [['modify=20210101000000;UNIX.mode=600; hello.txt', 213, /hello\.txt$/]],
    wrong: [
      ['hello.txt', 501],
      ['size=1; hello.txt', 504],
      ['UNIX.mode=9; hello.txt', 501],
      ['UNIX.mode=600; nothing.txt', 550],
    ],
    missing: 501,
  },
  {
    verb: 'MLST',
    right: [
      ['', 250, /type=dir;/],
      ['hello.txt', 250, /type=file;size=5;modify=20200203040506;/],
    ],
    wrong: [NOT_THERE],
  },
  {
    verb: 'STAT',
    right: [
      ['', 211, /alice/],
      ['hello.txt', 213, /hello\.txt/],
      ['folder', 213, /inner\.txt/],
      ['-la folder', 213, /inner\.txt/],
    ],
    wrong: [NOT_THERE],
    stranger: 211,
  },
  {
    verb: 'TYPE',
    right: [
      ['A', 200],
      ['A N', 200],
      ['a t', 200],
      ['I', 200],
      ['i', 200],
      ['L 8', 200],
    ],
    wrong: [
      ['E', 504],
      ['A C', 504],
      ['L 36', 504],
      ['X', 501],
      ['L', 501],
      ['I N', 501],
    ],
    missing: 501,
  },
  {
    verb: 'STRU',
    right: [
      ['F', 200],
      ['f', 200],
    ],
    wrong: [
      ['R', 504],
      ['P', 504],
      ['X', 501],
      ['F F', 501],
    ],
    missing: 501,
  },
  {
    verb: 'MODE',
    right: [
      ['S', 200],
      ['Z', 200],
      ['s', 200],
    ],
    wrong: [
      ['B', 504],
      ['C', 504],
      ['X', 501],
    ],
    missing: 501,
  },
  {
    verb: 'ALLO',
    right: [
      ['0', 200],
      ['1000', 200],
      ['1000 R 100', 200],
    ],
    wrong: [
      ['many', 501],
      ['-1', 501],
      ['1000 R', 501],
      ['900000000000000', 452],
    ],
    missing: 501,
  },
  {
    verb: 'REST',
    before: binary,
    right: [
      ['0', 350],
      ['3', 350],
      ['9007199254740991', 350],
    ],
    wrong: [
      ['-1', 501],
      ['x', 501],
      ['3 4', 501],
      ['99999999999999999999', 501],
      ['0x10', 501],
    ],
    missing: 501,
  },
  { verb: 'REST', right: [['0', 350]], wrong: [['3', 504]] },
  {
    verb: 'RANG',
    before: binary,
    right: [
      ['0 4', 350],
      ['1 0', 350],
      ['2 2', 350],
    ],
    wrong: [
      ['4 1', 501],
      ['4', 501],
      ['a b', 501],
      ['-1 4', 501],
    ],
    missing: 501,
  },
  { verb: 'ABOR', right: [['', 226]], superfluous: 501, stranger: 226 },
  {
    verb: 'NOOP',
    right: [
      ['', 200],
      ['and more', 200],
    ],
    stranger: 200,
  },
  { verb: 'SYST', right: [['', 215, /^UNIX Type: L8$/]], superfluous: 501, stranger: 215 },
  { verb: 'FEAT', right: [['', 211, /^[^\n]*\n( \S[^\n]*\n)+[^\n]*$/]], superfluous: 501, stranger: 211 },
  {
    verb: 'HELP',
    right: [
      ['', 214, /RETR/],
      ['retr', 214, /RETR <file>/],
    ],
    wrong: [['FROBNICATE', 502]],
    stranger: 214,
  },
  {
    verb: 'OPTS',
    right: [
      ['UTF8 ON', 200],
      ['utf8', 200],
      ['UTF-8 on', 200],
      ['MLST type;size;', 200, /^MLST OPTS type;size;$/],
      ['MLST nonsense;', 200, /^MLST OPTS$/],
      ['HASH SHA-512', 200, /^SHA-512$/],
      ['HASH', 200, /^SHA-512$/],
      ['MODE Z LEVEL 9', 200],
    ],
    wrong: [
      ['UTF8 OFF', 504],
      ['HASH ROT13', 504],
      ['MODE Z LEVEL 0', 501],
      ['MODE Z LEVEL 10', 501],
      ['RETR', 501],
    ],
    missing: 501,
    stranger: 200,
  },
  {
    verb: 'LANG',
    right: [
      ['', 200],
      ['EN', 200],
      ['en-GB', 200],
    ],
    wrong: [
      ['DE', 504],
      ['..', 504],
    ],
    stranger: 200,
  },
  { verb: 'CLNT', right: [['a client', 200]], missing: 501, stranger: 200 },
  { verb: 'CSID', right: [['Name=a; Version=1;', 200, /Name=/]], missing: 501, stranger: 200 },
  { verb: 'HOST', right: [], wrong: [['ftp.example.com', 503]], missing: 501, stranger: 220 },
  { verb: 'ACCT', right: [['main', 202]], missing: 501, stranger: 202 },
  { verb: 'USER', right: [], wrong: [['{user}', 503]], missing: 501, stranger: 331 },
  { verb: 'PASS', right: [], wrong: [['{password}', 503]], stranger: 503 },
  { verb: 'REIN', right: [['', 220]], superfluous: 501, stranger: 220 },
  {
    verb: 'AVBL',
    right: [
      ['', 213, /^\d+$/],
      ['folder', 213, /^\d+$/],
    ],
    wrong: [NOT_THERE],
  },
  {
    verb: 'DSIZ',
    right: [
      ['folder', 213, /^5$/],
      ['empty', 213, /^0$/],
    ],
    wrong: [NOT_THERE],
  },
  {
    verb: 'COMB',
    right: [['"all" "hello.txt" "lines.txt"', 250]],
    wrong: [
      ['"all" "nothing.txt"', 550],
      ['"all"', 501],
      ['"x" "x"', 504],
    ],
    missing: 501,
  },
  {
    verb: 'HASH',
    right: [
      [
        'hello.txt',
        213,
        /^SHA-256 0-4 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 hello\.txt$/,
      ],
    ],
    wrong: [NOT_THERE, ['folder', 550]],
    missing: 501,
  },
  {
    verb: 'XCRC',
    right: [
      ['hello.txt', 250, /^3610A686$/],
      ['"hello.txt"', 250, /^3610A686$/],
      ['"hello.txt" 0 5', 250, /^3610A686$/],
      ['"a ""quoted"" name"', 250],
    ],
    wrong: [NOT_THERE, ['"hello.txt" 4 2', 501], ['"hello.txt" x', 501]],
    missing: 501,
  },
  {
    verb: 'XMD5',
    right: [['hello.txt', 250, /^5D41402ABC4B2A76B9719D911017C592$/]],
    wrong: [NOT_THERE],
    missing: 501,
  },
  {
    verb: 'XSHA',
    right: [['hello.txt', 250, /^AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D$/]],
    wrong: [NOT_THERE],
    missing: 501,
  },
  {
    verb: 'XSHA1',
    right: [['hello.txt', 250, /^AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D$/]],
    wrong: [NOT_THERE],
    missing: 501,
  },
  { verb: 'XSHA256', right: [['hello.txt', 250, /^2CF24DBA/]], wrong: [NOT_THERE], missing: 501 },
  { verb: 'XSHA512', right: [['hello.txt', 250, /^9B71D224/]], wrong: [NOT_THERE], missing: 501 },
  {
    verb: 'SITE',
    right: [],
    wrong: [
      ['FROBNICATE', 500],
      ['', 501],
    ],
    stranger: 500,
  },
  {
    verb: 'SITE CHMOD',
    right: [
      ['600 hello.txt', 250],
      ['0644 hello.txt', 250],
      ['700 folder', 250],
    ],
    wrong: [
      ['999 hello.txt', 501],
      ['600', 501],
      ['4755 hello.txt', 501],
      ['600 nothing.txt', 550],
    ],
    missing: 501,
  },
  {
    verb: 'SITE UTIME',
    right: [
      ['20210101000000 hello.txt', 250],
      ['hello.txt 20210101000000 20220101000000 20230101000000 UTC', 250],
    ],
    wrong: [
      ['soon hello.txt', 501],
      ['20210101000000 nothing.txt', 550],
    ],
    missing: 501,
  },
  {
    verb: 'SITE SYMLINK',
    right: [['hello.txt another', 250]],
    wrong: [
      ['hello.txt folder', 550],
      ['hello.txt', 501],
    ],
    missing: 501,
  },
  { verb: 'SITE CPFR', right: [['hello.txt', 350]], wrong: [NOT_THERE, ['folder', 550]], missing: 501 },
  { verb: 'SITE CPTO', right: [['x', 503]], missing: 501 },
  {
    verb: 'SITE CPTO',
    before: [{ send: 'SITE CPFR hello.txt', expect: 350 }],
    right: [
      ['copy.txt', 250],
      ['copy2.txt', 503],
    ],
  },
  {
    verb: 'SITE IDLE',
    right: [
      ['', 200],
      ['60', 200, /60/],
    ],
    wrong: [
      ['0', 501],
      ['x', 501],
      ['999999', 501],
    ],
  },
  { verb: 'SITE WHO', right: [['', 211, /alice/]], superfluous: 501 },
  { verb: 'SITE PROBE', right: [], wrong: [['FROBNICATE', 500]], missing: 501 },
  {
    verb: 'SITE PROBE ADDR',
    right: [
      ['', 200, /^seen=bch-a-a-b_[a-j]+;seen-text=127\.0\.0\.1:\d+;local=bch-a-a-b_[a-j]+;local-text=/],
      ['bch-a-a-b b', 200, /;nat=port; /],
      ['bjc-a-c-b b', 200, /;nat=both; /],
    ],
    wrong: [
      ['127.0.0.1 1', 501],
      ['bch-a-a-b', 501],
      ['bch-a-a-b a', 501],
      ['bch-a-a-b gffdg', 501],
    ],
  },
  {
    verb: 'SITE PROBE ECHO',
    right: [
      ['PORT 10,1,2,3,4,5', 200, /^hex=534954452050524f4245204543484f20504f52542031302c312c322c332c342c35$/],
      [' ', 200, /^hex=534954452050524f4245204543484f2020$/],
    ],
    wrong: [[`${'x'.repeat(5000)}`, 501]],
    missing: 501,
  },
  {
    verb: 'SITE PROBE PASV',
    right: [
      ['', 227, /^hex=[0-9a-f]+\nEntering Passive Mode \(127,0,0,1,\d+,\d+\)\.$/],
      ['', 227],
    ],
    superfluous: 501,
  },
  {
    verb: 'SITE PROBE PASV',
    before: [{ send: 'EPSV ALL', expect: 200 }],
    right: [],
    wrong: [['', 503]],
  },
  { verb: 'SITE PROBE LOG', right: [['', 211, /^No data connection/]], superfluous: 501 },
  {
    verb: 'SITE HELP',
    right: [
      ['', 214, /CHMOD/],
      ['chmod', 214, /octal/],
      ['probe', 214, /ADDR.*ECHO.*PASV.*LOG/],
    ],
    wrong: [['FROBNICATE', 502]],
    stranger: 214,
  },
  // Commands that need a data connection, and have none.
  { verb: 'RETR', right: [], wrong: [['hello.txt', 425, /EPSV/]], missing: 501 },
  { verb: 'STOR', right: [], wrong: [['new.txt', 425]], missing: 501 },
  { verb: 'APPE', right: [], wrong: [['new.txt', 425]], missing: 501 },
  {
    verb: 'STOU',
    right: [],
    wrong: [
      ['', 425],
      ['new.txt', 425],
    ],
  },
  {
    verb: 'LIST',
    right: [],
    wrong: [
      ['', 425],
      ['-la', 425],
    ],
  },
  { verb: 'NLST', right: [], wrong: [['', 425]] },
  { verb: 'MLSD', right: [], wrong: [['', 425]] },
  { verb: 'PASV', right: [['', 227, /\(127,0,0,1,\d+,\d+\)/]], superfluous: 501 },
  {
    verb: 'EPSV',
    right: [
      ['', 229, /\(\|\|\|\d+\|\)/],
      ['1', 229],
      ['ALL', 200],
    ],
    wrong: [
      ['2', 522, /\(1\)/],
      ['3', 522],
      ['all of it', 501],
      ['-1', 501],
    ],
  },
  {
    verb: 'PORT',
    before: [{ listen: true }],
    right: [
      ['127,0,0,1,{portBytes}', 200],
      [' 127, 0, 0, 1, {portBytes} ', 200],
    ],
    wrong: [
      ['127,0,0,1', 501],
      ['127,0,0,1,256,1', 501],
      ['127,0,0,1,0,0', 501],
      ['a,b,c,d,e,f', 501],
      ['127.0.0.1,4,5', 501],
      ['127,0,0,1,4,5,6', 501],
    ],
    missing: 501,
  },
  {
    verb: 'EPRT',
    before: [{ listen: true }],
    right: [
      ['|1|127.0.0.1|{port}|', 200],
      ['!1!127.0.0.1!{port}!', 200],
    ],
    wrong: [
      ['|3|127.0.0.1|{port}|', 522],
      ['|1|127.0.0.1|0|', 501],
      ['|1|127.0.0.1|65536|', 501],
      ['|1|127.0.0.1|', 501],
      ['|1|::1|{port}|', 501],
      ['|1|localhost|{port}|', 501],
      ['127.0.0.1', 501],
    ],
    missing: 501,
  },
  { verb: 'AUTH', right: [], wrong: [['TLS', 502]], missing: 501, stranger: 502 },
  { verb: 'PBSZ', right: [], wrong: [['0', 503]], missing: 501, stranger: 503 },
  { verb: 'PROT', right: [], wrong: [['P', 503]], missing: 501, stranger: 503 },
  { verb: 'CCC', right: [], wrong: [['', 503]], superfluous: 501 },
]

/** A dialogue for every way to send every command. */
export const COMMAND_SCRIPTS: readonly Script[] = ROWS.flatMap((row, index) => {
  const isFirst = ROWS.findIndex(({ verb }) => verb === row.verb) === index
  return [...loggedIn(row), ...(isFirst ? [beforeLogin(row)] : [])]
})

function loggedIn({ verb, before = [], right, wrong = [], missing, superfluous }: CommandRow): Script[] {
  const prepared = before
    .map(step => ('send' in step ? step.send : 'listen' in step ? 'a listener' : ''))
    .join(', ')
  const name = prepared === '' ? verb : `${verb} after ${prepared}`
  const scripts: Script[] = []
  if (right.length > 0)
    scripts.push({
      name: `${name} is answered`,
      steps: [...before, ...right.map(step => lineOf(verb, step))],
    })
  const refused = [
    ...wrong.map(step => lineOf(verb, step)),
    ...(missing
      ? [
          { send: verb, expect: missing },
          { send: `${verb} `, expect: missing },
        ]
      : []),
    ...(superfluous ? [{ send: `${verb} superfluous`, expect: superfluous }] : []),
  ]
  if (refused.length > 0)
    scripts.push({ name: `${name} is refused in words`, steps: [...before, ...refused] })
  return scripts
}

function beforeLogin({ verb, right, wrong = [], stranger = 530 }: CommandRow): Script {
  const argument = (right[0] ?? wrong[0])?.[0] ?? ''
  return {
    name: `${verb}${argument === '' ? '' : ` ${argument}`} before login`,
    as: 'nobody',
    steps: [lineOf(verb, [argument, stranger])],
  }
}

function lineOf(verb: string, [argument, expect, text]: readonly [string, number, RegExp?]): Step {
  return { send: argument === '' ? verb : `${verb} ${argument}`, expect, ...(text && { text }) }
}
