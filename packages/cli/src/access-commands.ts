import { type Command, Option } from 'commander'
import { addConfigFlags, type ConfigFlags } from './config-flags.ts'
import type { Io } from './io.ts'

type Run = (work: () => Promise<number>) => Promise<void>

/** Flags of all commands of access. */
export interface AccessFlags extends ConfigFlags {
  readonly json?: boolean
}

export interface WhyFlags extends AccessFlags {
  readonly from?: string
  readonly label?: readonly string[]
  readonly at?: string
}

export interface SetupFlags extends ConfigFlags {
  readonly server: string
  readonly ports?: string
  readonly user: readonly string[]
  readonly name?: string
  readonly group: string
  readonly controller?: string
  readonly edge?: string
  readonly yes?: boolean
}

export interface InviteFlags extends AccessFlags {
  readonly group?: string
  readonly uses?: string
  readonly expires: string
  readonly edge?: readonly string[]
}

export interface AccessListFlags extends AccessFlags {
  readonly user?: string
  readonly limit?: string
}

const WHY_HELP = `
It asks the same function with the same configuration as an edge does.
Exit codes: 0 it is allowed, 1 it is denied or goes past the edge (bypass), 2 something to put right.

  portolan access why alice 10.0.0.9 21
  portolan access why alice ftp.corp.example 21 --from 198.51.100.7 --at 2027-01-04T22:30:00+01:00`

const SETUP_HELP = `
Without --ports the connector reads the control connection and opens exactly the ports that the server names. That
cannot be done for FTP over TLS, nor without inspection: name the passive ports of the server with --ports then.

  portolan access setup --server 10.0.0.9 --user alice --edge edge.example.com:8443
  portolan access setup --server 10.0.0.9 --ports 61000-61099 --user alice --user bob`

/** Adds the commands of zero-trust access. They work on the store of a node, also while it runs. */
export function addAccessCommands(program: Command, io: Io, run: Run): void {
  const access = program
    .command('access')
    .description('zero-trust access: who reaches which server through edges and connectors, and why')
  const command = (name: string, description: string) =>
    addConfigFlags(access.command(name).description(description))
  const json = (of: Command) => of.option('--json', 'one JSON object for each')

  json(command('why', 'say what would become of a connection, by which rule, and why'))
    .argument('<user>')
    .argument('<address>', 'IP address or name of the server')
    .argument('<port>')
    .option('--from <address>', 'address from which the agent reaches the edge (default: 127.0.0.1)')
    .option('--label <label>', 'label of the device; may be repeated', collect)
    .option('--at <time>', 'at another time than now, such as 2027-01-04T22:30:00+01:00')
    .addHelpText('after', WHY_HELP)
    .action((user: string, address: string, port: string, flags: WhyFlags) =>
      run(async () => (await import('./access-why.ts')).accessWhy({ user, address, port }, flags, io)),
    )
  command('setup', 'make all that people need to reach one server, and print the commands to start')
    .requiredOption('--server <address[:port]>', 'the FTP server as the connector reaches it; port 21')
    .option('--ports <from-to>', 'its passive ports, such as 61000-61099')
    .requiredOption('--user <name>', 'who may reach it; may be repeated', collect)
    .option('--name <name>', 'what the segment is called; default: made of the address')
    .option('--group <name>', 'group of connectors, servers and segments', 'default')
    .option('--controller <host:port>', 'where edges reach this node; default: gateway.publicAddresses')
    .option(
      '--edge <host:port>',
      'where agents and connectors will reach the edge; default: this machine, port 8443',
    )
    .option('-y, --yes', 'open the gateway without asking, when it is not open yet')
    .addHelpText('after', SETUP_HELP)
    .action((flags: SetupFlags) =>
      run(async () => (await import('./access-setup.ts')).setUpAccess(flags, io)),
    )
  json(command('invite', 'print what a new edge, connector or agent is started with'))
    .argument('<kind>', 'edge, connector or agent')
    .option('--group <name>', 'connector group of the connector; default: the only one that there is')
    .option('--uses <n>', 'how many may enrol with it (default: 1)')
    .option('--expires <duration>', 'how long it is good, such as 24h or 7d; or never', '24h')
    .option(
      '--edge <host:port>',
      'an edge that is still to be started, for connectors and agents; may be repeated',
      collect,
    )
    .action((kind: string, flags: InviteFlags) =>
      run(async () => (await import('./access-invite.ts')).invite(kind, flags, io)),
    )
  json(command('list', 'list segments, members (edges, connectors, agents) or streams, newest first'))
    .argument('<what>', 'segments, members or streams')
    .addOption(new Option('--user <name>', 'only members or streams of this user'))
    .option('--limit <n>', 'at most so many (default: 50)')
    .action((what: string, flags: AccessListFlags) =>
      run(async () => (await import('./access-list.ts')).listAccess(what, flags, io)),
    )
  json(command('revoke', 'revoke an edge, a connector or an agent: it is cut off, and never comes back'))
    .argument('<id>', 'its id, or its name where only one has it')
    .action((id: string, flags: AccessFlags) =>
      run(async () => (await import('./access-revoke.ts')).revoke(id, flags, io)),
    )
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]
