import type { Command } from 'commander'

/** Flags that say where settings are kept. */
export interface ConfigFlags {
  readonly config?: string
  readonly data?: string
  readonly database?: string
  readonly keyFile?: string
}

/** Flags of commands that change settings. */
export interface ConfigChangeFlags extends ConfigFlags {
  readonly comment?: string
  readonly yes?: boolean
}

/** Puts the flags on a command that reads settings of the store. */
export function addConfigFlags(command: Command): Command {
  return command
    .option('--data <folder>', 'folder that the node keeps everything in; default ./data')
    .option('--database <url>', 'PostgreSQL of the node, in place of the data folder')
    .option('--key-file <file>', 'key of the secrets in the database; default secret.key of the data folder')
    .option('--config <file>', 'settings file of the node; default portolan.yaml of the data folder')
}

/** Puts the flags on a command that changes settings of the store. */
export function addConfigChangeFlags(command: Command): Command {
  return addConfigFlags(command)
    .option('--comment <text>', 'why, for the history')
    .option('--yes', 'do not ask, also when a listener or a range of ports moves')
}
