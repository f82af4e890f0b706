import { reply } from '@portolan/protocol'
import {
  LISTING_FORMATS,
  listTransfer,
  mlsxOf,
  parseListArgument,
  streamStatus,
} from '../transfer/listing.ts'
import type { Commands } from './command.ts'
import { serverStatus } from './meta.ts'

/** What is there: RFC 959 section 4.1.3, RFC 3659 section 7. */
export const LISTING_COMMANDS = {
  LIST: {
    login: 'required',
    argument: 'optional',
    syntax: 'LIST [-R] [path]',
    transfers: true,
    run: (session, { argument }) =>
      listTransfer(session, 'LIST', parseListArgument(argument), LISTING_FORMATS.list),
  },
  NLST: {
    login: 'required',
    argument: 'optional',
    syntax: 'NLST [path]',
    transfers: true,
    run: (session, { argument }) =>
      listTransfer(session, 'NLST', parseListArgument(argument), LISTING_FORMATS.names),
  },
  MLSD: {
    login: 'required',
    argument: 'optional',
    syntax: 'MLSD [folder]',
    transfers: true,
    run: (session, { argument }) =>
      listTransfer(
        session,
        'MLSD',
        { text: argument, recursive: false, itself: false },
        LISTING_FORMATS.facts,
      ),
  },
  MLST: {
    login: 'required',
    argument: 'optional',
    syntax: 'MLST [path]',
    path: { needs: 'list' },
    async run(session, { path }) {
      const entry = await session.files.storage.stat(path)
      return reply(250, `Facts of ${path}`, ` ${mlsxOf(session, path)(entry, path)}`, 'End.')
    },
  },
  STAT: {
    login: 'any',
    argument: 'optional',
    syntax: 'STAT [path]',
    duringTransfer: 'now',
    run: (session, { argument }) =>
      argument === '' ? serverStatus(session) : streamStatus(session, parseListArgument(argument)),
  },
} as const satisfies Commands
