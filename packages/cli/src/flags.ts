import type { Command } from 'commander'

/** The flags of `portolan serve`, as texts; what they mean is said by the settings they stand for. */
export interface ServeFlags {
  readonly config?: string
  readonly data?: string
  readonly database?: string
  readonly keyFile?: string
  readonly console?: string
  readonly listen?: readonly string[]
  readonly implicitTls?: readonly string[]
  readonly user?: readonly string[]
  readonly anonymous?: boolean
  readonly passivePorts?: string
  readonly passiveAddress?: string
  readonly passiveRule?: readonly string[]
  readonly active?: boolean
  readonly activePorts?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsSelfSigned?: boolean
  readonly requireTls?: boolean
  readonly sessionReuse?: string
  readonly proxyProtocol?: readonly string[]
  readonly maxSessions?: string
  readonly maxPerIp?: string
  readonly idleTimeout?: string
  readonly workers?: string
  readonly metrics?: string
  readonly log?: string
}

/** Every flag, the setting it stands for, and whether it may be given several times. Order is the order of the help. */
const FLAGS: readonly { flag: string; text: string; many?: true }[] = [
  { flag: '--config <file>', text: 'settings file; flags win over it' },
  {
    flag: '--data <folder>',
    text: 'keep users, logs and changed settings here, and run the web console; the default, ./data, is left out with FOLDER or --config',
  },
  {
    flag: '--database <url>',
    text: 'keep them in PostgreSQL instead, for several machines: postgres://user:password@host/database',
  },
  {
    flag: '--key-file <file>',
    text: 'key of the secrets in the database; every machine of one database needs the same. Default: secret.key of the data folder',
  },
  {
    flag: '--console <host:port|off>',
    text: 'where the web console and the API listen (console.host, console.port)',
  },
  {
    flag: '--listen <host:port>',
    text: 'accept control connections here, in place of the listeners of the file (listeners)',
    many: true,
  },
  {
    flag: '--implicit-tls <host:port>',
    text: 'the same with TLS from the first byte (listeners, tls: implicit)',
    many: true,
  },
  {
    flag: '--user <name:password[:ro]>',
    text: 'let this user in; :ro for reading only. Others on this machine can see it in the list of processes (users)',
    many: true,
  },
  { flag: '--anonymous', text: 'let anybody read FOLDER (anonymous.enabled)' },
  {
    flag: '--passive-ports <base:count>',
    text: 'range of passive ports (passive.basePort, passive.numberOfPorts)',
  },
  { flag: '--passive-address <address>', text: 'address that PASV tells everybody (passive.addressRules)' },
  {
    flag: '--passive-rule <class=address[@network]>',
    text: 'address that PASV tells a user class, from a network; the first match wins (passive.addressRules)',
    many: true,
  },
  { flag: '--active', text: 'allow active mode (active.enabled)' },
  { flag: '--no-active', text: 'refuse active mode' },
  {
    flag: '--active-ports <base:count>',
    text: 'source ports of active mode (active.basePort, active.numberOfPorts)',
  },
  { flag: '--tls-cert <file>', text: 'certificate chain, PEM (tls.certificate)' },
  { flag: '--tls-key <file>', text: 'private key of the certificate, PEM (tls.key)' },
  { flag: '--tls-self-signed', text: 'make a certificate (tls.selfSigned)' },
  { flag: '--require-tls', text: 'no login without TLS (listeners, tls: required)' },
  {
    flag: '--session-reuse <off|enabled|required>',
    text: 'TLS session reuse of data connections (tls.sessionReuse)',
  },
  {
    flag: '--proxy-protocol <network>',
    text: 'load balancers that send PROXY protocol (proxyProtocol of listeners and passive)',
    many: true,
  },
  { flag: '--max-sessions <n>', text: 'sessions at once (limits.sessions)' },
  {
    flag: '--max-per-ip <n>',
    text: 'sessions at once of one address; 0: no limit (limits.sessionsPerAddress)',
  },
  { flag: '--idle-timeout <seconds>', text: 'closes idle sessions (timeouts.idle)' },
  { flag: '--workers <n>', text: 'processes that hold sessions; 0: one for each core (server.workers)' },
  { flag: '--metrics <host:port>', text: 'figures for Prometheus (metrics)' },
  { flag: '--log <pretty|json>', text: 'form of the log (log.format)' },
]

/** Puts the flags of `serve` on a command. */
export function addServeFlags(command: Command): Command {
  for (const { flag, text, many } of FLAGS) {
    if (many) command.option(flag, `${text}; may be repeated`, collect)
    else command.option(flag, text)
  }
  return command
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]
