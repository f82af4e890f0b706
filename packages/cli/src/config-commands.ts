import type { Command } from 'commander'
import {
  addConfigChangeFlags,
  addConfigFlags,
  type ConfigChangeFlags,
  type ConfigFlags,
} from './config-flags.ts'
import type { Io } from './io.ts'

type Run = (work: () => Promise<number>) => Promise<void>

/** Adds the commands that work on the settings of a store: `portolan config set`, `reset`, `history`, `diff`, `revert`. */
export function addConfigCommands(config: Command, io: Io, run: Run): void {
  addConfigChangeFlags(
    config
      .command('set')
      .description('change a setting of a node; it shows what differs and what follows, then saves it')
      .argument('<path>', 'such as passive.basePort or listeners[0].port; config show lists them')
      .argument('<value>', 'as the settings file has it: true, 5m, [10.0.0.0/8], { host: 0.0.0.0 }'),
  ).action((path: string, text: string, flags: ConfigChangeFlags) =>
    run(async () => (await import('./config-change.ts')).setSetting({ path, text, flags }, io)),
  )
  addConfigChangeFlags(
    config
      .command('reset')
      .description('take a change back, so that the settings file or the default counts again')
      .argument('<path>'),
  ).action((path: string, flags: ConfigChangeFlags) =>
    run(async () => (await import('./config-change.ts')).resetSetting({ path, flags }, io)),
  )
  addConfigFlags(
    config.command('history').description('who changed which settings, and when; newest first'),
  ).action((flags: ConfigFlags) =>
    run(async () => (await import('./config-history.ts')).showHistory(flags, io)),
  )
  addConfigFlags(
    config
      .command('diff')
      .description('what differs between two versions; without them, what the newest has changed')
      .argument('[from]', 'a version; 0 is before the first')
      .argument('[to]', 'a version; the newest when it is left out'),
  ).action((from: string | undefined, to: string | undefined, flags: ConfigFlags) =>
    run(async () => {
      const { showDifference, versionNumber } = await import('./config-history.ts')
      const ends = {
        ...(from !== undefined && { from: versionNumber(from) }),
        ...(to !== undefined && { to: versionNumber(to) }),
      }
      return showDifference({ ...ends, flags }, io)
    }),
  )
  addConfigChangeFlags(
    config
      .command('revert')
      .description('go back to the settings of an older version')
      .argument('<version>', 'a version; 0 is before the first'),
  ).action((version: string, flags: ConfigChangeFlags) =>
    run(async () => {
      const [{ revertSettings }, { versionNumber }] = await Promise.all([
        import('./config-change.ts'),
        import('./config-history.ts'),
      ])
      return revertSettings({ version: versionNumber(version), flags }, io)
    }),
  )
}
