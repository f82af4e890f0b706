import { each, type Script } from './step.ts'

/** Who is there, in every order. */
export const LOGIN_SCRIPTS: readonly Script[] = [
  {
    name: 'USER and PASS log in',
    as: 'nobody',
    steps: [
      { send: 'USER alice-of-logins', expect: 331, text: /alice-of-logins/ },
      { send: 'PASS {password}', expect: 230 },
      { send: 'PWD', expect: 257 },
    ],
  },
  {
    name: 'verbs are read in any case',
    as: 'nobody',
    steps: [
      { send: 'user alice-of-logins', expect: 331 },
      { send: 'PaSs {password}', expect: 230 },
      ...each(257, 'pwd', 'xPwD'),
    ],
  },
  { name: 'PASS without USER', as: 'nobody', steps: [{ send: 'PASS {password}', expect: 503 }] },
  {
    name: 'a wrong password, after which USER has to come first again',
    as: 'nobody',
    steps: [
      { send: 'USER alice-of-logins', expect: 331 },
      { send: 'PASS wrong', expect: 530 },
      { send: 'PASS {password}', expect: 503 },
      { send: 'PWD', expect: 530 },
      { send: 'USER alice-of-logins', expect: 331 },
      { send: 'PASS {password}', expect: 230 },
    ],
  },
  {
    name: 'an unknown user is told no more than one with a wrong password',
    as: 'nobody',
    steps: [
      { send: 'USER nobody-at-all', expect: 331, text: /^Password for nobody-at-all\?$/ },
      { send: 'PASS {password}', expect: 530, text: /^User name or password is wrong\.$/ },
      { send: 'USER alice-of-logins', expect: 331, text: /^Password for alice-of-logins\?$/ },
      { send: 'PASS wrong', expect: 530, text: /^User name or password is wrong\.$/ },
    ],
  },
  {
    name: 'an empty password is a wrong one',
    as: 'nobody',
    steps: [
      { send: 'USER alice-of-logins', expect: 331 },
      { send: 'PASS', expect: 530 },
      { send: 'USER alice-of-logins', expect: 331 },
      { send: 'PASS ', expect: 530 },
    ],
  },
  {
    name: 'the second USER counts',
    as: 'nobody',
    steps: [
      { send: 'USER nobody-at-all', expect: 331 },
      { send: 'USER alice-of-logins', expect: 331 },
      { send: 'PASS {password}', expect: 230, text: /alice-of-logins/ },
    ],
  },
  {
    name: 'a second login in the same session',
    steps: [
      { send: 'USER {user}', expect: 503 },
      { send: 'PASS {password}', expect: 503 },
      { send: 'PWD', expect: 257 },
    ],
  },
  {
    name: 'a user name with a line feed in it is two lines',
    as: 'nobody',
    steps: [{ bytes: 'USER a\nPASS b\r\n', expect: [331, 530] }],
  },
  {
    name: 'a user name of 8000 letters',
    as: 'nobody',
    steps: [
      { send: `USER ${'a'.repeat(8000)}`, expect: 331 },
      { send: 'PASS x', expect: 530 },
    ],
  },
  {
    name: 'a user name that is a path',
    as: 'nobody',
    steps: [
      { send: 'USER nobody/../../../etc', expect: 331 },
      { send: 'PASS x', expect: 530 },
    ],
  },
  {
    name: 'REIN ends the login, keeps the connection and begins with TYPE A again',
    steps: [
      { send: 'TYPE I', expect: 200 },
      { send: 'CWD folder', expect: 250 },
      { send: 'REIN', expect: 220 },
      { send: 'PWD', expect: 530 },
      { send: 'USER {user}', expect: 331 },
      { send: 'PASS {password}', expect: 230 },
      { send: 'PWD', expect: 257, text: /^"\/" / },
      { send: 'SIZE hello.txt', expect: 550 },
    ],
  },
  {
    name: 'REIN takes back what RNFR prepared',
    steps: [
      { send: 'RNFR hello.txt', expect: 350 },
      { send: 'REIN', expect: 220 },
      { send: 'RNTO x', expect: 530 },
    ],
  },
  {
    name: 'REIN takes back EPSV ALL',
    steps: [
      { send: 'EPSV ALL', expect: 200 },
      { send: 'REIN', expect: 220 },
      { send: 'USER {user}', expect: 331 },
      { send: 'PASS {password}', expect: 230 },
      { send: 'PASV', expect: 227 },
    ],
  },
  { name: 'QUIT before login', as: 'nobody', steps: [{ send: 'QUIT', expect: 221 }], ends: 'closed' },
  {
    name: 'QUIT with lines behind it',
    steps: [{ bytes: 'QUIT\r\nNOOP\r\nPWD\r\n', expect: 221 }],
    ends: 'closed',
  },
  { name: 'QUIT with an argument is no QUIT', steps: [{ send: 'QUIT now', expect: 501 }] },
  {
    name: 'HOST before USER',
    as: 'nobody',
    steps: [
      { send: 'HOST ftp.example.com', expect: 220 },
      { send: 'HOST [::1]', expect: 220 },
      // lftp sends no brackets.
      { send: 'HOST ::1', expect: 220 },
      { send: 'HOST 127.0.0.1', expect: 220 },
      ...each(501, 'HOST a b', 'HOST -', `HOST ${'a'.repeat(64)}.example`, 'HOST 1.2.3.999', 'HOST ..'),
      { send: 'USER {user}', expect: 331 },
      { send: 'HOST ftp.example.com', expect: 503 },
    ],
  },
  {
    name: 'a user for whom commands are forbidden',
    as: 'restricted',
    steps: [
      ...each(502, 'DELE hello.txt', 'SITE CHMOD 600 hello.txt', 'STOU x'),
      { send: 'MKD x', expect: 257 },
    ],
  },
  {
    name: 'a user who may read and nothing else',
    as: 'reader',
    steps: [
      ...each(
        550,
        'DELE hello.txt',
        'MKD x',
        'RMD empty',
        'RNFR hello.txt',
        'SITE CHMOD 600 hello.txt',
        'SITE UTIME 20210101000000 hello.txt',
      ),
      ...each(
        550,
        'MFMT 20210101000000 hello.txt',
        'MDTM 20210101000000 hello.txt',
        'MFF UNIX.mode=600; hello.txt',
        'SITE SYMLINK a b',
        'COMB "a" "hello.txt"',
      ),
      { send: 'SITE CPFR hello.txt', expect: 350 },
      { send: 'SITE CPTO copy.txt', expect: 550 },
      { data: 'EPSV' },
      ...each(550, 'STOR new.txt', 'APPE hello.txt', 'STOR hello.txt', 'STOU'),
      { send: 'RETR hello.txt', expect: 150 },
      { get: 'hello' },
      { expect: 226 },
      { disk: 'hello.txt', holds: 'hello' },
      { disk: 'new.txt', holds: undefined },
      { disk: 'copy.txt', holds: undefined },
    ],
  },
  {
    name: 'a user who may append and not replace',
    as: 'appender',
    steps: [
      { data: 'EPSV' },
      { send: 'STOR hello.txt', expect: 550 },
      { send: 'RETR hello.txt', expect: 550 },
      { send: 'APPE hello.txt', expect: 150 },
      { put: ' there' },
      { expect: 226 },
      { disk: 'hello.txt', holds: 'hello there' },
    ],
  },
  {
    name: 'a file beyond the quota is not kept',
    as: 'quota',
    steps: [
      { send: 'ALLO 200000', expect: 552 },
      { data: 'EPSV' },
      { send: 'STOR large.bin', expect: 150 },
      { put: 'x'.repeat(150_000), end: 'open' },
      { expect: 552 },
      { disk: 'large.bin', holds: undefined },
      { data: 'EPSV' },
      { send: 'STOR small.bin', expect: 150 },
      { put: 'x'.repeat(1000) },
      { expect: 226 },
    ],
  },
]
