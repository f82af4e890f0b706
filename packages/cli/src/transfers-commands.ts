import { type Command, Option } from 'commander'
import type { Io } from './io.ts'
import { type StoreFlags, storeFlags } from './store-commands.ts'

type Run = (work: () => Promise<number>) => Promise<void>

/** Flags of all commands of transfers. */
export interface TransferFlags extends StoreFlags {
  readonly json?: boolean
}

export interface RunFlags extends TransferFlags {
  readonly wait?: boolean
}

export interface RunsFlags extends TransferFlags {
  readonly state?: string
  readonly transfer?: string
  readonly limit?: string
}

const STATES = ['waiting', 'running', 'retrying', 'succeeded', 'failed', 'cancelled'] as const

/** Adds the commands of transfers that a node itself begins. They work on its store, also while it runs. */
export function addTransferCommands(program: Command, io: Io, run: Run): void {
  const transfers = program
    .command('transfers')
    .description('transfers that a node itself begins: to and from the sites of partners')
  const command = (name: string, description: string) =>
    storeFlags(transfers.command(name).description(description)).option('--json', 'one JSON object for each')

  command('list', 'transfers, with the next time of each and its last run').action((flags: TransferFlags) =>
    run(async () => (await import('./transfers-list.ts')).listTransfers(flags, io)),
  )
  command('show', 'a transfer: what moves where, when, and its last runs')
    .argument('<name>')
    .action((name: string, flags: TransferFlags) =>
      run(async () => (await import('./transfers-list.ts')).showTransfer(name, flags, io)),
    )
  command('run', 'run a transfer now; the node that runs on the store does the work')
    .argument('<name>')
    .option('--wait', 'watch it until it is over; exit code 1 when it did not succeed')
    .action((name: string, flags: RunFlags) =>
      run(async () => (await import('./transfers-run.ts')).runTransfer(name, flags, io)),
    )
  command('again', 'run once more what a run has done; it has to be over')
    .argument('<run>')
    .option('--wait', 'watch it until it is over; exit code 1 when it did not succeed')
    .action((id: string, flags: RunFlags) =>
      run(async () => (await import('./transfers-run.ts')).runAgain(id, flags, io)),
    )
  command('cancel', 'cancel a run')
    .argument('<run>')
    .action((id: string, flags: TransferFlags) =>
      run(async () => (await import('./transfers-run.ts')).cancelRun(id, flags, io)),
    )
  command('runs', 'runs, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(STATES))
    .option('--transfer <name>', 'only those of this transfer')
    .option('--limit <n>', 'at most so many (default: 50)')
    .action((flags: RunsFlags) => run(async () => (await import('./transfers-list.ts')).listRuns(flags, io)))
  command('watch', 'tell what happens: of a run until it is over, or of all until Ctrl-C')
    .argument('[run]', 'a run; exit code 1 when it did not succeed')
    .action((id: string | undefined, flags: TransferFlags) =>
      run(async () => (await import('./transfers-watch.ts')).watch(id, flags, io)),
    )
}
