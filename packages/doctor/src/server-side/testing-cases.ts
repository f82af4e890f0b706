import type { CauseCode, DataFailure, FailureContext } from './failure.ts'

const CLIENT = '8.8.4.4'

const nobody: DataFailure = {
  at: 1,
  kind: 'none',
  code: 'CHANNEL_ACCEPT_TIMEOUT',
  text: 'nobody came to port 61000 within 30 seconds: let port 61000 through the firewalls and NAT on the way',
  user: 'alice',
  address: CLIENT,
  command: 'LIST',
  mode: 'passive',
  endpoint: '9.9.9.9:61000',
  because: { code: 'address-rule', text: 'passive address rule 1 tells 9.9.9.9' },
}
/** Nothing else happened. */
export const none: FailureContext = { successes: [], passive: { basePort: 61_000, numberOfPorts: 1_000 } }
const came = (address: string, ...ports: number[]): FailureContext => ({
  ...none,
  successes: ports.map(port => ({ address, mode: 'passive', local: `10.0.0.5:${port}` })),
})
const at = (ports: readonly number[], failure = nobody) =>
  ports.map(port => ({ ...failure, endpoint: `9.9.9.9:${port}` }))
/** A failure that is known by its code. */
export const failed = (code: string, text = ''): DataFailure[] => [{ ...nobody, code, text }]
const broken = (text: string): DataFailure[] => [{ ...nobody, kind: 'broken', code: 'broken', text }]

/** Failures, and the one cause that they are told by. */
export const cases: {
  title: string
  failures: DataFailure[]
  context?: FailureContext
  code: CauseCode
  advice: RegExp
}[] = [
  {
    title: 'a private address told to a client outside is a wrong rule, whoever else came',
    failures: [{ ...nobody, endpoint: '192.168.1.5:61000' }],
    context: came('1.1.1.1', 61_001),
    code: 'SERVER_ADVERTISES_PRIVATE',
    advice: /passive\.addressRules/,
  },
  {
    title: 'a loopback address told to a client inside is one, too',
    failures: [{ ...nobody, address: '10.0.0.7', endpoint: '127.0.0.1:61000' }],
    code: 'SERVER_ADVERTISES_PRIVATE',
    advice: /passive\.addressRules/,
  },
  {
    title: 'an address for documentation leads nowhere',
    failures: [{ ...nobody, endpoint: '203.0.113.9:61000' }],
    code: 'WRONG_EXTERNAL_ADDRESS',
    advice: /passive\.addressRules/,
  },
  {
    title: 'a client inside that was told the public address, while those outside come',
    failures: [{ ...nobody, address: '10.0.0.7' }],
    context: came('1.1.1.1', 61_001),
    code: 'NAT_HAIRPIN',
    advice: /address is local/,
  },
  {
    title: 'EPSV tells no address, so the address is not the cause',
    failures: [
      { ...nobody, endpoint: '192.168.1.5:61000', because: { code: 'epsv', text: 'EPSV names no address' } },
    ],
    code: 'PASSIVE_RANGE_CLOSED',
    advice: /61000 to 61999/,
  },
  {
    title: 'a private address told to a client inside is none',
    failures: [{ ...nobody, address: '192.168.1.9', endpoint: '192.168.1.5:61000' }],
    code: 'PASSIVE_RANGE_CLOSED',
    advice: /61000 to 61999/,
  },
  {
    title: 'nobody ever came: the range is closed',
    failures: [nobody],
    code: 'PASSIVE_RANGE_CLOSED',
    advice: /passive\.basePort/,
  },
  {
    title: 'ports above those that work: a part is closed',
    failures: at([61_500, 61_700, 61_900]),
    context: came('1.1.1.1', 61_001, 61_050, 61_099),
    code: 'PASSIVE_RANGE_PARTLY_OPEN',
    advice: /61000 to 61999/,
  },
  {
    title: 'ports among those that work: the clients are the cause',
    failures: at([61_010, 61_020, 61_030]),
    context: came('1.1.1.1', 61_001, 61_050, 61_099),
    code: 'CLIENT_FIREWALL',
    advice: /let TCP to this server out/,
  },
  {
    title: 'a client that comes at other times',
    failures: [nobody],
    context: came(CLIENT, 61_001),
    code: 'CLIENT_CAME_NOT',
    advice: /passive\.acceptTimeout/,
  },
  {
    title: 'a stranger in place of the client',
    failures: failed(
      'CHANNEL_ACCEPT_TIMEOUT',
      'nobody came to port 61000 within 30 seconds; 8.8.8.8 came instead of 8.8.4.4: connect from the address of the control connection',
    ),
    code: 'SEPARATE_DATA_HOST',
    advice: /passive\.proxyProtocol/,
  },
  {
    title: 'a client that left before the transfer',
    failures: failed(
      'CHANNEL_ACCEPT_TIMEOUT',
      'the client connected to port 61000 and broke the connection before it was used',
    ),
    code: 'CLIENT_GAVE_UP',
    advice: /client/,
  },
  {
    title: 'no free port of a shared range',
    failures: failed(
      'CHANNEL_NO_PORT',
      'all passive ports were taken by other connections of 8.8.4.4 for 5 seconds',
    ),
    code: 'NO_FREE_PORT',
    advice: /passive\.numberOfPorts from 1000 to 2000/,
  },
  {
    title: 'a dial that was refused',
    failures: failed(
      'CHANNEL_DIAL',
      'nothing listens at 8.8.4.4:5000, or your firewall or NAT did not let the server dial it',
    ),
    code: 'ACTIVE_REFUSED',
    advice: /passive mode/,
  },
  {
    title: 'a dial without an answer',
    failures: failed(
      'CHANNEL_DIAL',
      'your firewall or NAT did not let the server dial 8.8.4.4:5000 within 10 seconds',
    ),
    code: 'ACTIVE_FILTERED',
    advice: /active\.basePort/,
  },
  {
    title: 'active ports that are all busy',
    failures: failed(
      'CHANNEL_DIAL',
      'all ports of the active range 50000 to 50009 are busy towards 8.8.4.4:5000',
    ),
    code: 'ACTIVE_PORTS_BUSY',
    advice: /active\.numberOfPorts/,
  },
  {
    title: 'no route to the client',
    failures: failed('CHANNEL_DIAL', 'the server has no route to 8.8.4.4:5000: use passive mode'),
    code: 'ACTIVE_NO_ROUTE',
    advice: /passive mode/,
  },
  {
    title: 'any other dial',
    failures: failed('CHANNEL_DIAL', 'dialling failed (EIO)'),
    code: 'ACTIVE_FAILED',
    advice: /passive mode/,
  },
  {
    title: 'an announced address of somebody else',
    failures: failed(
      'CHANNEL_BOUNCE',
      'the server does not dial 10.0.0.7: data connections go only to 8.8.4.4',
    ),
    code: 'CLIENT_BEHIND_NAT',
    advice: /active\.allowForeign/,
  },
  {
    title: 'an announced port of a service',
    failures: failed(
      'CHANNEL_BOUNCE',
      'the server does not dial 8.8.4.4:25: ports under 1024 belong to services (RFC 2577)',
    ),
    code: 'ACTIVE_LOW_PORT',
    advice: /active\.allowLowPorts/,
  },
  {
    title: 'a name without an address',
    failures: failed(
      'CHANNEL_ADDRESS',
      'the name ftp.example.org has no IPv4 address to tell the client (ENOTFOUND)',
    ),
    code: 'ADDRESS_UNKNOWN',
    advice: /passive\.addressRules/,
  },
  {
    title: 'PASV over IPv6',
    failures: failed('CHANNEL_ADDRESS', 'PASV cannot carry the IPv6 address 2001:db8::1: use EPSV'),
    code: 'PASV_NEEDS_IPV4',
    advice: /EPSV/,
  },
  {
    title: 'a handshake that took too long',
    failures: failed(
      'CHANNEL_TLS_HANDSHAKE',
      'the TLS handshake of the data connection failed: it took too long',
    ),
    code: 'DATA_TLS_FAILED',
    advice: /certificate/,
  },
  {
    title: 'a certificate that the client does not trust',
    failures: failed('CHANNEL_TLS_HANDSHAKE', 'failed: the client does not trust this server’s certificate'),
    code: 'CERTIFICATE_NOT_TRUSTED',
    advice: /tls\.certificate/,
  },
  {
    title: 'a client without a certificate',
    failures: failed(
      'CHANNEL_TLS_HANDSHAKE',
      'the client sent no certificate, which is required (setting tls.clientCertificates)',
    ),
    code: 'CLIENT_CERTIFICATE_NEEDED',
    advice: /tls\.clientCa/,
  },
  {
    title: 'no version in common',
    failures: failed(
      'CHANNEL_TLS_HANDSHAKE',
      'failed: no TLS version in common (setting tls.minimumVersion)',
    ),
    code: 'NO_COMMON_TLS',
    advice: /tls\.minimumVersion/,
  },
  {
    title: 'no TLS at all',
    failures: failed('CHANNEL_TLS_HANDSHAKE', 'failed: the client did not speak TLS'),
    code: 'NOT_TLS',
    advice: /proxy/,
  },
  {
    title: 'no session reuse',
    failures: failed('REPLY_522'),
    code: 'SESSION_REUSE_REQUIRED',
    advice: /tls\.sessionReuse/,
  },
  {
    title: 'data in the clear',
    failures: failed('REPLY_521'),
    code: 'DATA_ENCRYPTION_REQUIRED',
    advice: /encryptData/,
  },
  {
    title: 'passive mode is off',
    failures: failed('REPLY_502', 'Passive mode is switched off here. Use active mode (PORT, EPRT).'),
    code: 'MODE_SWITCHED_OFF',
    advice: /passive\.enabled/,
  },
  {
    title: 'active mode is off',
    failures: failed('REPLY_502', 'Active mode is switched off here. Use passive mode (EPSV, PASV).'),
    code: 'MODE_SWITCHED_OFF',
    advice: /active\.enabled/,
  },
  { title: 'nothing agreed on', failures: failed('REPLY_425'), code: 'WRONG_ORDER', advice: /dialogue/ },
  {
    title: 'refused by the system',
    failures: failed('CHANNEL_LISTEN'),
    code: 'PORTS_REFUSED_BY_SYSTEM',
    advice: /passive\.basePort/,
  },
  { title: 'replaced', failures: failed('CHANNEL_REPLACED'), code: 'REPLACED', advice: /dialogue/ },
  { title: 'given up', failures: failed('CHANNEL_ABORTED'), code: 'BROKEN_ENDED', advice: /passive port/ },
  {
    title: 'a setting',
    failures: failed('CHANNEL_SETTING'),
    code: 'SETTING_UNUSABLE',
    advice: /passive\.addressRules/,
  },
  {
    title: 'PROXY protocol',
    failures: failed('CHANNEL_PROXY_HEADER'),
    code: 'PROXY_HEADER',
    advice: /passive\.proxyProtocol/,
  },
  {
    title: 'a reset in the middle',
    failures: broken('Transfer broken after 5 bytes: the client reset the data connection.'),
    code: 'BROKEN_RESET',
    advice: /NAT/,
  },
  {
    title: 'an upload without close_notify',
    failures: broken('Transfer broken after 5 bytes: TCP ended without close_notify.'),
    code: 'BROKEN_TRUNCATED',
    advice: /tls\.requireCloseNotify/,
  },
  {
    title: 'TLS that failed on the way',
    failures: broken('TLS failed: bad record mac'),
    code: 'BROKEN_TLS',
    advice: /passive ports/,
  },
  {
    title: 'a transfer that stood still',
    failures: broken('the client took no byte for 60 seconds'),
    code: 'BROKEN_STALLED',
    advice: /timeouts\.stall/,
  },
  {
    title: 'a reader that left',
    failures: broken('the client closed the data connection before it had everything'),
    code: 'BROKEN_CLOSED',
    advice: /client/,
  },
  {
    title: 'bytes that do not inflate',
    failures: broken('MODE Z: what came does not inflate'),
    code: 'BROKEN_FORMAT',
    advice: /MODE Z/,
  },
  { title: 'a code of another release', failures: failed('CHANNEL_NEW'), code: 'OTHER', advice: /examples/ },
]
