import { Command, CommanderError } from 'commander'
import { addAccessCommands } from './access-commands.ts'
import { addClientCommands } from './client/client-commands.ts'
import { addConfigCommands } from './config-commands.ts'
import { addDoctorFlags, type DoctorFlags } from './doctor-flags.ts'
import { addServeFlags, type ServeFlags } from './flags.ts'
import { addGatewayCommands } from './gateway-commands.ts'
import type { Io } from './io.ts'
import { addPlanFlags, type PlanFlags } from './plan-flags.ts'
import { addStoreCommands } from './store-commands.ts'
import { addTransferCommands } from './transfers-commands.ts'
import { EXIT, explainError } from './user-error.ts'
import { version } from './version.ts'

/**
 * The `portolan` command: reads the arguments, does what they ask, and answers the exit code. Errors are written, never thrown.
 * @param args - without the program itself
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok
  const program = build(io, async work => {
    exitCode = await work()
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has written its own message; help and version are not errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.user
    const { text, exitCode: failed } = explainError(error)
    io.err(text)
    return failed
  }
}

/** What a subcommand does is loaded when it is run: the help of one does not wait for the code of another. */
function build(io: Io, run: (work: () => Promise<number>) => Promise<void>): Command {
  const program = new Command('portolan')
    .description('FTP and FTPS, built around the data connection.')
    .version(version())
    .exitOverride()
    .configureOutput({
      writeOut: text => io.out(text.trimEnd()),
      writeErr: text => io.err(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'portolan: ')),
    })
    .showHelpAfterError('See portolan --help.')
  const serve = program
    .command('serve')
    .description('serve files by FTP and FTPS')
    .argument(
      '[folder]',
      'folder that is the / of every user of --user; without it and without --config: ./data',
    )
  addServeFlags(serve).action((folder: string | undefined, flags: ServeFlags) =>
    run(async () =>
      (await import('./serve.ts')).serve({ ...(folder !== undefined && { folder }), flags }, io),
    ),
  )
  const config = program.command('config').description('check, explain and change settings')
  config
    .command('check')
    .description('find every mistake of a settings file')
    .argument('<file>')
    .action((file: string) => run(async () => (await import('./config.ts')).checkConfig(file, io)))
  const show = config
    .command('show')
    .description('show every setting in force and where it comes from; takes the flags of serve')
    .argument('[folder]')
  addServeFlags(show).action((folder: string | undefined, flags: ServeFlags) =>
    run(async () =>
      (await import('./config.ts')).showConfig({ ...(folder !== undefined && { folder }), flags }, io),
    ),
  )
  config
    .command('schema')
    .description('print the JSON Schema of a settings file')
    .action(() => run(async () => (await import('./config.ts')).printSchema(io)))
  addConfigCommands(config, io, run)
  program
    .command('hash-password')
    .description('print the argon2id hash of a password, for a settings file')
    .action(() => run(async () => (await import('./hash-password.ts')).printPasswordHash(io)))
  addPlanFlags(
    program
      .command('plan')
      .description(
        'how many ports it takes and why, with the rules of firewalls and the settings of programs',
      ),
  ).action((flags: PlanFlags) => run(async () => (await import('./plan.ts')).printPlan(flags, io)))
  addDoctorFlags(
    program
      .command('doctor')
      .description('find out why a connection or its data connections do not work, and what to do about it')
      .argument('<url>', 'ftp://, ftps:// (implicit TLS) or ftpes:// (explicit TLS); or SITE:')
      .addHelpText(
        'after',
        '\nExit codes: 0 good, 1 works with warnings, 2 data connections do not work (or wrong arguments), 3 no login.',
      ),
  ).action((url: string, flags: DoctorFlags) =>
    run(async () => {
      const [{ runDoctor }, { clientIo }] = await Promise.all([
        import('./doctor.ts'),
        import('./client/client-io.ts'),
      ])
      return runDoctor(url, flags, clientIo(io))
    }),
  )
  addStoreCommands(program, io, run)
  addTransferCommands(program, io, run)
  addAccessCommands(program, io, run)
  addGatewayCommands(program, io, run)
  addClientCommands(program, io, run)
  return program
}
