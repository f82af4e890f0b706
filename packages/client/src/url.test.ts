import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FtpError } from './errors.ts'
import { type FtpUrl, formatFtpUrl, looksLikeUrl, maskUrl, parseFtpUrl } from './url.ts'

const good: readonly (readonly [text: string, url: FtpUrl])[] = [
  ['ftp://ftp.example.org', { tls: 'off', host: 'ftp.example.org', path: '' }],
  ['ftp://ftp.example.org/', { tls: 'off', host: 'ftp.example.org', path: '' }],
  ['FTP://FTP.Example.org/A', { tls: 'off', host: 'ftp.example.org', path: 'A' }],
  ['ftps://h:2990/x', { tls: 'implicit', host: 'h', port: 2990, path: 'x' }],
  ['ftpes://h/x/', { tls: 'explicit', host: 'h', path: 'x/' }],
  ['ftp://h:/x', { tls: 'off', host: 'h', path: 'x' }],
  // RFC 1738 section 3.2.2: %2F is the root, a plain path begins where the login leads.
  ['ftp://h/%2Fetc/motd', { tls: 'off', host: 'h', path: '/etc/motd' }],
  ['ftp://h//etc/motd', { tls: 'off', host: 'h', path: '/etc/motd' }],
  ['ftp://h/etc/motd', { tls: 'off', host: 'h', path: 'etc/motd' }],
  ['ftp://h/%2F', { tls: 'off', host: 'h', path: '/' }],
  ['ftp://h/a%20b%25c', { tls: 'off', host: 'h', path: 'a b%c' }],
  ['ftp://h/what?.csv', { tls: 'off', host: 'h', path: 'what?.csv' }],
  ['ftp://h/issue #3', { tls: 'off', host: 'h', path: 'issue #3' }],
  ['ftp://h/gr%C3%BC%C3%9Fe', { tls: 'off', host: 'h', path: 'grüße' }],
  ['ftp://h/grüße', { tls: 'off', host: 'h', path: 'grüße' }],
  ['ftp://h/%E9', { tls: 'off', host: 'h', path: '\udce9' }],
  ['ftp://h/x;type=a', { tls: 'off', host: 'h', path: 'x', type: 'ascii' }],
  ['ftp://h/x;type=I', { tls: 'off', host: 'h', path: 'x', type: 'binary' }],
  ['ftp://h/;type=d', { tls: 'off', host: 'h', path: '', type: 'listing' }],
  ['ftp://h/x%3Btype=a', { tls: 'off', host: 'h', path: 'x;type=a' }],
  ['ftp://anna@h/', { tls: 'off', host: 'h', user: 'anna', path: '' }],
  ['ftp://anna:@h/', { tls: 'off', host: 'h', user: 'anna', password: '', path: '' }],
  ['ftp://anna:a:b@h/', { tls: 'off', host: 'h', user: 'anna', password: 'a:b', path: '' }],
  [
    'ftp://anna@example.org:p%40ss%2F@h/',
    { tls: 'off', host: 'h', user: 'anna@example.org', password: 'p@ss/', path: '' },
  ],
  ['ftp://a%3Ab:c@h/', { tls: 'off', host: 'h', user: 'a:b', password: 'c', path: '' }],
  ['ftp://[2001:db8::1]:2121/x', { tls: 'off', host: '2001:db8::1', port: 2121, path: 'x' }],
  ['ftp://[::1]', { tls: 'off', host: '::1', path: '' }],
  ['ftp://192.0.2.7/x', { tls: 'off', host: '192.0.2.7', path: 'x' }],
  ['ftp://bücher.example/x', { tls: 'off', host: 'xn--bcher-kva.example', path: 'x' }],
  ['ftp://my_host/x', { tls: 'off', host: 'my_host', path: 'x' }],
]

for (const [text, url] of good) {
  test(`${text} is read`, () => {
    assert.deepEqual(parseFtpUrl(text), url)
  })
}

const bad: readonly (readonly [text: string, allowed: RegExp])[] = [
  ['', /use ftp:\/\//],
  ['ftp.example.org/pub', /use ftp:\/\//],
  ['http://h/', /use ftp:\/\//],
  ['sftp://h/', /use ftp:\/\//],
  ['ftp:/h/', /use ftp:\/\//],
  ['ftp://', /the host is/],
  ['ftp:///path', /the host is/],
  ['ftp://@/', /the host is/],
  ['ftp://::1/', /the host is/],
  ['ftp://[::1/', /the host is/],
  ['ftp://[example.org]/', /the host is/],
  ['ftp://[192.0.2.7]/', /the host is/],
  ['ftp://a b/', /the host is/],
  ['ftp://h:x/', /the host is/],
  ['ftp://h:0/', /from 1 to 65535/],
  ['ftp://h:65536/', /from 1 to 65535/],
  ['ftp://h/100%', /%25/],
  ['ftp://h/%zz', /%25/],
  ['ftp://h/x;type=z', /;type=/],
  ['ftp://h/x;type=', /;type=/],
  ['ftp://h/x%0d%0aDELE%20y', /line ends/],
  ['ftp://anna%0aPASS:x@h/', /line ends/],
  ['ftp://h/x%00', /line ends or NUL/],
]

for (const [text, allowed] of bad) {
  test(`${JSON.stringify(text)} is refused with what is allowed`, () => {
    assert.throws(
      () => parseFtpUrl(text),
      error => error instanceof FtpError && error.code === 'FTP_SETTING' && allowed.test(error.message),
    )
  })
}

test('a URL that is refused does not show its password', () => {
  assert.throws(
    () => parseFtpUrl('ftp://anna:sesame@h:99999/'),
    error =>
      error instanceof FtpError && !error.message.includes('sesame') && /anna:\*{4}@h/.test(error.message),
  )
})

const masked: readonly (readonly [text: string, shown: string])[] = [
  ['ftps://anna:sesame@h:1/a', 'ftps://anna:****@h:1/a'],
  ['ftps://anna:sesame@x@h:1/a', 'ftps://anna:****@h:1/a'],
  ['ftp://anna:ses/ame@h', 'ftp://anna:****@h'],
  ['anna:sesame@h/a', 'anna:****@h/a'],
  ['ftp://:sesame@h/a', 'ftp://:****@h/a'],
  ['ftp://anna@h:21/x', 'ftp://anna@h:21/x'],
  ['work:file', 'work:file'],
]

for (const [text, shown] of masked) {
  test(`${text} is shown as ${shown}`, () => {
    assert.equal(maskUrl(text), shown)
  })
}

test('what has a scheme looks like a URL, paths and sites do not', () => {
  assert.ok(looksLikeUrl('http://x'))
  for (const text of ['work:x', './ftp', '/a://b', 'C:\\x', '']) assert.ok(!looksLikeUrl(text))
})

test('whatever user, password and path are, they come out as they were encoded', () => {
  const text = fc.string({ unit: 'binary' }).filter(one => !/[\r\n\0]/.test(one) && one.isWellFormed())
  fc.assert(
    fc.property(text, text, text, (user, password, path) => {
      const url = parseFtpUrl(
        `ftp://${encodeURIComponent(`u${user}`)}:${encodeURIComponent(password)}@h/${encodeURIComponent(path)}`,
      )
      assert.deepEqual([url.user, url.password, url.path], [`u${user}`, password, path])
    }),
  )
})

test('no text makes it throw anything but FTP_SETTING', () => {
  fc.assert(
    fc.property(fc.string(), rest => {
      try {
        parseFtpUrl(`ftp://${rest}`)
      } catch (error) {
        assert.ok(error instanceof FtpError)
      }
    }),
  )
})

test('what is written is read again, for every host, user and path', () => {
  const host = fc.constantFrom('ftp.example.org', '192.0.2.1', '2001:db8::1')
  const user = fc.option(
    fc.string({ minLength: 1 }).filter(text => !/[\0\r\n]/.test(text) && text !== 'anonymous'),
    { nil: undefined },
  )
  const path = fc.string().filter(text => !/[\0\r\n]/.test(text) && !text.startsWith('//'))
  const tls = fc.constantFrom<FtpUrl['tls']>('off', 'explicit', 'implicit')
  const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined })
  fc.assert(
    fc.property(fc.record({ host, user, path, tls, port }), parts => {
      const { user: name, port: number, ...rest } = parts
      const read = parseFtpUrl(
        formatFtpUrl({
          ...rest,
          ...(name !== undefined && { user: name }),
          ...(number !== undefined && { port: number }),
        }),
      )
      const usual = parts.tls === 'implicit' ? 990 : 21
      assert.equal(read.host, parts.host)
      assert.equal(read.tls, parts.tls)
      assert.equal(read.user, parts.user)
      assert.equal(read.path, parts.path)
      assert.equal(read.port ?? usual, parts.port ?? usual)
    }),
  )
})
