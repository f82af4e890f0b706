import type { FtpClient } from '../client.ts'
import { NEVER } from '../never.ts'
import { MirrorContext } from './context.ts'
import { foldsCase } from './local-tree.ts'
import { type MirrorOptions, resolveMirror } from './options.ts'
import { MirrorRun } from './run.ts'
import type { MirrorSummary } from './summary.ts'

/**
 * Makes one folder like another, across the network: what is new or changed is transferred, over several sessions at once,
 * while the folders are still being listed. What fails is in the summary and stops nothing else.
 *
 * Runs again after it was ended, and goes on where it was.
 *
 * @throws {FtpError} what would make every entry fail (`FTP_CONNECT`, `FTP_LOGIN`, a full disk), a root that cannot be
 *   listed, `FTP_ABORTED`, `FTP_SETTING`
 */
export async function mirror(client: FtpClient, options: MirrorOptions): Promise<MirrorSummary> {
  const settings = resolveMirror(client, options)
  const { platform } = process
  const names =
    settings.direction === 'download' ? { platform, foldsCase: foldsCase(settings.local) } : undefined
  return new MirrorRun(new MirrorContext(client, settings, names, options.signal ?? NEVER)).run()
}
