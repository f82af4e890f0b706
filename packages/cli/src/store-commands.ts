import type { Command } from 'commander'
import type { Io } from './io.ts'

type Run = (work: () => Promise<number>) => Promise<void>

/** Flags that say where a node keeps its state. */
export interface StoreFlags {
  readonly data?: string
  readonly database?: string
  readonly keyFile?: string
}

export interface BackupFlags extends StoreFlags {
  readonly withoutKey?: boolean
  readonly check?: boolean
}

export interface RestoreFlags extends StoreFlags {
  readonly force?: boolean
}

/** Adds the commands that work on a store as a whole, and those that let locked-out administrators in again. */
export function addStoreCommands(program: Command, io: Io, run: Run): void {
  storeFlags(
    program
      .command('backup')
      .description(
        'write the state of a node (settings, users, logs, keys) into one file, also while it runs; not the files of its users',
      )
      .argument('<file>', 'the backup; it must not be there'),
  )
    .option('--without-key', 'leave out the key of the secrets; a restore then needs the key file of today')
    .option('--check', 'check a backup that is there, and say what is in it')
    .action((file: string, flags: BackupFlags) =>
      run(async () => (await import('./store-commands-backup.ts')).backup(file, flags, io)),
    )
  storeFlags(
    program
      .command('restore')
      .description('put the state of a backup into an empty data folder or database')
      .argument('<file>', 'what portolan backup has written'),
  )
    .option('--force', 'take the place of what is there; it is put aside first')
    .action((file: string, flags: RestoreFlags) =>
      run(async () => (await import('./store-commands-backup.ts')).restore(file, flags, io)),
    )
  const secrets = program
    .command('secrets')
    .description('the key that secrets in the database are encrypted with')
  storeFlags(
    secrets
      .command('rotate')
      .description('make a new key and encrypt all secrets with it, also while the node runs'),
  ).action((flags: StoreFlags) =>
    run(async () => (await import('./store-commands-backup.ts')).rotateSecrets(flags, io)),
  )
  const admin = program
    .command('admin')
    .description('administrators of the web console, for those who cannot sign in any more')
  storeFlags(admin.command('list').description('list them')).action((flags: StoreFlags) =>
    run(async () => (await import('./store-commands-admin.ts')).listAdministrators(flags, io)),
  )
  storeFlags(
    admin
      .command('reset-password')
      .description('make a new password, print it once, and end all web sessions of that name')
      .argument('<name>'),
  ).action((name: string, flags: StoreFlags) =>
    run(async () => (await import('./store-commands-admin.ts')).resetPassword(name, flags, io)),
  )
  storeFlags(
    admin
      .command('disable-totp')
      .description('take away the second factor of somebody who has lost it')
      .argument('<name>'),
  ).action((name: string, flags: StoreFlags) =>
    run(async () => (await import('./store-commands-admin.ts')).disableTotp(name, flags, io)),
  )
}

/** Puts the flags on a command that say where a node keeps its state. */
export function storeFlags(command: Command): Command {
  return command
    .option('--data <folder>', 'folder that the node keeps everything in; default ./data')
    .option('--database <url>', 'PostgreSQL of the node, in place of the data folder')
    .option('--key-file <file>', 'key of the secrets in the database; default secret.key of the data folder')
}
