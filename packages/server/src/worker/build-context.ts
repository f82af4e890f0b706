import { constants } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import {
  compileAddressRules,
  compileGlobs,
  type DnsCache,
  type PassivePorts,
  PortRange,
  type SessionTlsOptions,
  serverSide,
  TrustedNetworks,
} from '@portolan/channels'
import type { WorkerConfig } from '../link.ts'
import { ReplyTexts } from '../replies.ts'
import type { WorkerContext } from './context.ts'

/** Compiles a configuration into what sessions work by. */
export function buildContext(
  config: WorkerConfig,
  passivePorts: PassivePorts | undefined,
  dns: DnsCache,
): WorkerContext {
  const { settings } = config
  const { active, messages } = settings
  const tls = tlsOptions(config)
  const texts = new ReplyTexts({
    ...messages.replies,
    ...(messages.login !== undefined && { 'login.ok': messages.login }),
    ...(messages.goodbye !== undefined && { 'session.goodbye': messages.goodbye }),
    ...(messages.greeting !== undefined && { 'session.greeting': messages.greeting }),
  })
  const listeners = new Map(settings.listeners.map(listener => [listener.name, listener]))
  const proxies = new Map(
    settings.listeners.map(({ name, proxyProtocol }) => [name, new TrustedNetworks(proxyProtocol)]),
  )
  const forbidden = settings.commands.forbidden.map(rule => ({
    matches: compileGlobs(rule.userClass),
    commands: new Set(rule.commands),
  }))
  return {
    settings,
    texts,
    users: config.users,
    passivePorts,
    addressRules: compileAddressRules(settings.passive.addressRules, { dns }),
    activeRange:
      active.basePort === undefined
        ? undefined
        : PortRange.of({ basePort: active.basePort, numberOfPorts: active.numberOfPorts }),
    activeForeign: new TrustedNetworks(active.allowForeign),
    tlsOptions: tls,
    unboundTls:
      tls && settings.tls.sessionReuse === 'off'
        ? serverSide(
            createSecureContext({ ...tls.contextOptions, secureOptions: constants.SSL_OP_NO_TICKET }),
          )
        : undefined,
    reportCommands: settings.log.level === 'debug',
    listener: name => listeners.get(name),
    isProxy: (name, address) => proxies.get(name)?.has(address) ?? false,
    greeting: () => texts.say('session.greeting', { server: settings.server.name }),
    forbids: (userClass, verb) => forbidden.some(rule => rule.commands.has(verb) && rule.matches(userClass)),
  }
}

function tlsOptions({ certificate, settings }: WorkerConfig): SessionTlsOptions | undefined {
  if (!certificate) return undefined
  const { minimumVersion, ciphers, clientCertificates } = settings.tls
  return {
    contextOptions: {
      cert: certificate.cert,
      key: certificate.key,
      minVersion: minimumVersion,
      ...(ciphers !== undefined && { ciphers }),
      ...(certificate.clientCa !== undefined && { ca: certificate.clientCa }),
    },
    requestCert: clientCertificates !== 'off',
    rejectUnauthorized: clientCertificates === 'require',
  }
}
