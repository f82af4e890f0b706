import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatProxy, type ProxyServer, parseProxyUrl } from './proxy-url.ts'

const good: readonly { url: string; is: ProxyServer }[] = [
  { url: 'socks5://proxy.example', is: { kind: 'socks5', host: 'proxy.example', port: 1080 } },
  { url: 'SOCKS5H://Proxy.Example:9050/', is: { kind: 'socks5', host: 'proxy.example', port: 9050 } },
  { url: 'http://proxy.example', is: { kind: 'http', host: 'proxy.example', port: 8080 } },
  { url: 'http://proxy.example:80', is: { kind: 'http', host: 'proxy.example', port: 80 } },
  { url: ' http://192.0.2.1:3128 ', is: { kind: 'http', host: '192.0.2.1', port: 3128 } },
  { url: 'socks5://[2001:db8::1]:1081', is: { kind: 'socks5', host: '2001:db8::1', port: 1081 } },
  {
    url: 'socks5://us%40er:pa%3Ass@proxy.example',
    is: { kind: 'socks5', host: 'proxy.example', port: 1080, user: 'us@er', password: 'pa:ss' },
  },
  { url: 'http://user@proxy.example', is: { kind: 'http', host: 'proxy.example', port: 8080, user: 'user' } },
  { url: 'http://bücher.example', is: { kind: 'http', host: 'xn--bcher-kva.example', port: 8080 } },
]

for (const { url, is } of good) {
  test(`${url} is ${formatProxy(is)}`, () => assert.deepEqual(parseProxyUrl(url), is))
}

const bad: readonly { url: string; says: RegExp }[] = [
  { url: '', says: /use socks5:\/\// },
  { url: 'proxy.example:1080', says: /use socks5:\/\// },
  { url: 'https://proxy.example', says: /use socks5:\/\// },
  { url: 'socks4://proxy.example', says: /use socks5:\/\// },
  { url: 'socks5://', says: /use socks5:\/\// },
  { url: 'socks5://:1080', says: /use socks5:\/\// },
  { url: 'socks5://proxy.example:0', says: /use socks5:\/\// },
  { url: 'socks5://proxy.example:65536', says: /use socks5:\/\// },
  { url: 'http://proxy.example/path', says: /use socks5:\/\// },
  { url: 'http://proxy.example?x', says: /use socks5:\/\// },
  { url: 'http://proxy.example#x', says: /use socks5:\/\// },
  { url: 'http://pro xy.example', says: /use socks5:\/\// },
  { url: 'http://%00.example', says: /use socks5:\/\// },
  { url: 'http://user:%zz@proxy.example', says: /use socks5:\/\// },
  { url: `socks5://${'u'.repeat(256)}:p@proxy.example`, says: /255 bytes/ },
  { url: `socks5://u:${'p'.repeat(256)}@proxy.example`, says: /255 bytes/ },
  { url: 'socks5://:secret@proxy.example', says: /no password without a user/ },
  { url: 'http://a%3Ab:secret@proxy.example', says: /colon/ },
]

for (const { url, says } of bad) {
  test(`${url.slice(0, 40)} is not allowed`, () => {
    assert.throws(() => parseProxyUrl(url), { code: 'CHANNEL_SETTING', message: says })
  })
}

test('a wrong URL is quoted without its login', () => {
  for (const url of [
    'socks9://user:secret@host',
    'user:secret@host',
    'http://user:secret@ho st',
    'http://u:sec@ret@h/x',
  ]) {
    assert.throws(
      () => parseProxyUrl(url),
      (error: Error) => !/sec/.test(error.message),
      url,
    )
  }
})

test('any login goes through a URL', () => {
  const part = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
  fc.assert(
    fc.property(part, part, (user, password) => {
      const url = `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h`
      if (user.includes(':')) assert.throws(() => parseProxyUrl(url), { code: 'CHANNEL_SETTING' })
      else assert.deepEqual(parseProxyUrl(url), { kind: 'http', host: 'h', port: 8080, user, password })
    }),
  )
})
