import type { ByteSource } from '@portolan/channels'
import type { Reply } from '@portolan/protocol'
import { baseName } from '@portolan/storage'
import type { Session } from '../session/session.ts'
import { asciiSource, chunksOf, deflateSource, limitSource } from './sources.ts'
import { runTransfer } from './transfer.ts'

/** RETR: from the file to the data connection. The file is opened first: what is not there is 550, without a 150. */
export async function runDownload(session: Session, path: string): Promise<Reply> {
  const prepared = session.takePrepared()
  session.data.check('RETR')
  const offset =
    prepared.kind === 'restart' ? prepared.offset : prepared.kind === 'range' ? prepared.start : 0
  await using file = await session.files.storage.read(path, offset)
  const { size } = file.entry
  if (offset > size) {
    return session.say('file.bad-offset', {
      text: `The file has ${size} bytes: it cannot restart at ${offset}.`,
    })
  }
  const length = prepared.kind === 'range' ? Math.min(prepared.end + 1, size) - offset : size - offset
  const source = prepared.kind === 'range' ? limitSource(file, length) : file
  return await runTransfer(session, {
    command: 'RETR',
    path,
    direction: 'download',
    total: length,
    announce: `Sending ${baseName(path)} (${length} bytes).`,
    move: (connection, options) => connection.send(represented(session, source), options),
    complete: async end => `${end.bytes} bytes sent.`,
    fail: async () => {},
  })
}

/** The bytes of a source as TYPE and MODE ask for them. */
function represented(session: Session, source: ByteSource): ByteSource | AsyncIterable<Uint8Array> {
  const { type, mode, deflateLevel } = session.representation
  const typed = type === 'ascii' ? asciiSource(source) : source
  return mode === 'deflate' ? deflateSource(chunksOf(typed), deflateLevel) : typed
}
