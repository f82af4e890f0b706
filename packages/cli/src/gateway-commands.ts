import { type Command, Option } from 'commander'
import type { ClientIo } from './client/client-io.ts'
import type { Io } from './io.ts'

type Run = (work: () => Promise<number>) => Promise<void>

/** Flags that edge, connector and agent have in common. */
export interface PartFlags {
  readonly key?: string
  readonly keyFile?: string
  readonly data?: string
  readonly log?: 'pretty' | 'json'
  readonly verbose?: boolean
}

export interface EdgeFlags extends PartFlags {
  readonly name?: string
  readonly listen: string
  readonly address?: readonly string[]
}

export interface ConnectorFlags extends PartFlags {
  readonly name?: string
}

export interface AgentFlags extends PartFlags {
  readonly user: string
  readonly passwordFile?: string
  readonly tokenFile?: string
  readonly code?: string
  readonly device?: string
  readonly label?: readonly string[]
  readonly socks?: string
  readonly socksLoginFile?: string
  readonly http?: string
  readonly listen?: readonly string[]
  readonly transparent?: boolean
}

const EXIT_HELP = '\nExit codes: 0 stopped by a signal, 1 a failure of its own, 2 something to put right.'

/** Adds the three parts of zero-trust access that run on machines of their own. They run until SIGINT or SIGTERM. */
export function addGatewayCommands(program: Command, io: Io, run: Run): void {
  const withIo = (work: (io: ClientIo) => Promise<number>) =>
    run(async () => work((await import('./client/client-io.ts')).clientIo(io)))

  partFlags(
    program
      .command('edge')
      .description('let agents and connectors meet: the part of zero-trust access that both dial'),
    'edge',
  )
    .option('--name <name>', 'what it is called; default: the name of this machine')
    .option('--listen <host:port>', 'where agents and connectors reach it', '0.0.0.0:8443')
    .option(
      '--address <host:port>',
      'what agents and connectors are told to dial, such as edge.example.com:8443; may be repeated. Default: where it listens',
      collect,
    )
    .addHelpText(
      'after',
      `
The key comes from an administrator: in the console under Access, or by "portolan access invite". It is needed
once; afterwards the edge has a certificate in its data folder and renews it.${EXIT_HELP}`,
    )
    .action((flags: EdgeFlags) =>
      withIo(async client => (await import('./gateway-edge.ts')).runEdge(flags, client)),
    )

  partFlags(
    program
      .command('connector')
      .description('reach servers for the edges: it dials out only, and nothing listens here'),
    'connector',
  )
    .option('--name <name>', 'what it is called; default: the name of this machine')
    .addHelpText(
      'after',
      `
It runs where the FTP servers can be reached. Of its firewall it needs the way out to the edges, and no way in.
The key comes from an administrator: in the console under Access, or by "portolan access invite". It is needed
once; afterwards the connector has a certificate in its data folder and renews it.${EXIT_HELP}`,
    )
    .action((flags: ConnectorFlags) =>
      withIo(async client => (await import('./gateway-connector.ts')).runConnector(flags, client)),
    )

  partFlags(
    program
      .command('agent')
      .description('sign in and reach applications through the edges: the part on the machine of a user'),
    'agent',
  )
    .requiredOption('--user <name>', 'who signs in')
    .option('--password-file <file>', 'the password is its first line')
    .option(
      '--token-file <file>',
      'sign in by a token of this user (console, Access), its first line, instead of a password',
    )
    .option('--code <code>', 'second factor for the first sign-in: six digits, or a recovery code')
    .option('--device <name>', 'what this machine is called; default: its own name')
    .option('--label <label>', 'label of this device, for access rules; may be repeated', collect)
    .option('--socks <host:port>', 'SOCKS 5 here; the default, 127.0.0.1:1080, without another way')
    .option('--socks-login-file <file>', 'ask programs for NAME:PASSWORD, the first line of this file')
    .option('--http <host:port>', 'proxy for HTTP CONNECT here')
    .option(
      '--listen <host:port=host:port>',
      'listener of its own for one application, such as 127.0.0.1:2121=10.0.0.9:21; may be repeated',
      collect,
    )
    .option(
      '--transparent',
      'take all connections of this machine to applications, by nftables (Linux, CAP_NET_ADMIN); there has to be a route to them, such as the default route',
    )
    .addHelpText(
      'after',
      `
The key is the invitation for agents, which is the same for all users: in the console under Access, or by
"portolan access invite". The password comes from --password-file, PORTOLAN_PASSWORD or a prompt. A sign-in is
kept in the data folder and used until it expires.

  portolan agent --key KEY --user anna
  curl --socks5-hostname 127.0.0.1:1080 ftp://10.0.0.9/
${EXIT_HELP}`,
    )
    .action((flags: AgentFlags) =>
      withIo(async client => (await import('./gateway-agent.ts')).runAgent(flags, client)),
    )
}

function partFlags(command: Command, part: string): Command {
  return command
    .option('--key <text>', 'the invitation, which begins with ptl1.; needed once')
    .option('--key-file <file>', 'a file with it, which does not show in the list of processes')
    .option(
      '--data <folder>',
      `where its certificate is kept; default $XDG_STATE_HOME/portolan/${part}, which is ~/.local/state/portolan/${part}`,
    )
    .addOption(
      new Option('--log <pretty|json>', 'form of the log; default pretty on a terminal').choices([
        'pretty',
        'json',
      ]),
    )
    .option('-v, --verbose', 'log every connection')
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]
