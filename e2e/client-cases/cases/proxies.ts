import { httpProxy, socksProxy, type TestProxy } from '../../../packages/channels/src/testing-proxies.ts'
import type { CaseContext, ClientCase } from '../case.ts'

const FILES = { a: 1_000 }
const GOT = { result: { bytes: 1_000, named: true } }

/** Fetches through a proxy, and tells whether the proxy was given the server's name for every connection. */
function through(open: () => Promise<TestProxy>, kind: 'socks5' | 'http'): ClientCase['run'] {
  return async (_, context: CaseContext) => {
    await using proxy = await open()
    const client = context.another({ host: 'localhost', proxy: `${kind}://127.0.0.1:${proxy.port}` })
    const { bytes } = await client.download('a', context.target('a'))
    await client.close()
    return {
      bytes,
      named: proxy.asked.length === 2 && proxy.asked.every(one => one.startsWith('localhost:')),
    }
  }
}

/** Proxies that only dial out. */
export const PROXY_CASES: readonly ClientCase[] = [
  {
    name: 'SOCKS5: control and data by the server’s name',
    why: 'FluentFTP #857, #1205; proxies get names',
    server: { files: FILES },
    run: through(() => socksProxy(), 'socks5'),
    expect: GOT,
    after: { a: 1_000 },
  },
  {
    name: 'HTTP CONNECT: control and data by the server’s name',
    why: 'proxies get names',
    server: { files: FILES },
    run: through(() => httpProxy(), 'http'),
    expect: GOT,
    after: { a: 1_000 },
  },
  {
    name: 'PASV through a proxy: the name, whatever address the server says',
    why: 'behind a proxy',
    server: {
      files: FILES,
      on: { EPSV: ['500 What?'], PASV: [{ listen: true }, '227 Entering Passive Mode (10,0,0,1,{p})'] },
    },
    client: { pasvAddress: 'auto' },
    run: through(() => socksProxy(), 'socks5'),
    expect: GOT,
    after: { a: 1_000 },
    events: ['pasv-proxy'],
  },
  {
    name: 'auto through a proxy: active mode is not even tried, and the reason is told',
    why: 'the modes of a connection',
    server: { files: FILES, on: { EPSV: ['500 What?'], PASV: ['500 What?'] } },
    client: { mode: 'auto' },
    run: through(() => socksProxy(), 'socks5'),
    expect: { error: { code: 'FTP_DATA', message: /proxy only dials out/ } },
    received: { EPRT: 0, PORT: 0 },
    events: ['active-through-proxy'],
  },
  {
    name: 'a proxy that refuses',
    why: 'proxies',
    run: through(() => httpProxy({ refuse: '403 Forbidden' }), 'http'),
    expect: { error: { code: 'FTP_CONNECT', phase: 'connect', message: /403/ } },
    sessions: 0,
  },
  {
    name: 'a proxy that takes the connection and says nothing: the connect timer',
    why: 'every wait has a named bound: connect',
    client: { timeouts: { connect: 300 } },
    run: through(() => socksProxy({ instead: { message: 1, act: () => {} } }), 'socks5'),
    expect: { error: { code: 'FTP_CONNECT', phase: 'connect', retryable: true } },
    sessions: 0,
  },
  {
    name: 'a proxy that talks garbage',
    why: 'a server that lies, stalls or sends garbage',
    run: through(
      () =>
        socksProxy({
          instead: { message: 1, act: client => void client.write('HTTP/1.1 400 Bad Request\r\n\r\n') },
        }),
      'socks5',
    ),
    expect: { error: { code: 'FTP_CONNECT', phase: 'connect' } },
    sessions: 0,
  },
]
