import type { FileAccess, FileFacts, FileRange } from '@portolan/server'
import {
  fileEntry,
  folderView,
  makeFolderBody,
  pathQuery,
  removeBody,
  removed,
  renameBody,
  uploadQuery,
  zipQuery,
} from '../contract/index.ts'
import { Problem } from '../http/problem.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import { problemOf } from '../http/status-of.ts'
import type { Services } from '../node/services.ts'
import { byteRange, entityTag, rangeHolds } from '../resources/files/byte-range.ts'
import { contentTypeOf } from '../resources/files/content-type.ts'
import { attachment } from '../resources/files/disposition.ts'
import { uploadSize } from '../resources/files/upload-size.ts'
import { planZip } from '../resources/files/zip-plan.ts'

/** What a browser is never to run, whatever is in it and however it was reached. */
const INERT = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
}

type Asker = Pick<Ask<unknown, unknown, unknown>, 'principal' | 'address'>

/** The files of the user who is signed in: the same as by FTP. */
export const fileRoutes = ({ server }: Services): Route[] => {
  const open = ({ principal, address }: Asker): Promise<FileAccess> =>
    server.openFiles({ user: principal?.name ?? '', address })

  return [
    defineRoute({
      method: 'GET',
      path: '/files',
      access: 'files',
      summary: 'What a folder holds',
      tag: 'files',
      query: pathQuery,
      response: folderView,
      async handle(ask) {
        await using access = await open(ask)
        const { entries, ...view } = await access.list(ask.query.path)
        return { ...view, entries: [...entries] }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/files/content',
      access: 'files',
      summary: 'Download a file, or a part of it',
      tag: 'files',
      query: pathQuery,
      async handle(ask) {
        const { path } = ask.query
        const { headers } = ask.request
        await using access = await open(ask)
        let part: { first: number; last: number } | undefined
        const { size, modified, length, body } = await access.download(path, file => {
          part = partOf(headers.range, headers['if-range'], file)
          return part && rangeOf(part)
        })
        const name = path.slice(path.lastIndexOf('/') + 1)
        ask.reply.headers({
          ...INERT,
          'content-type': contentTypeOf(name),
          'content-disposition': attachment(name),
          'content-length': length,
          'accept-ranges': 'bytes',
          etag: entityTag({ size, modified }),
          'last-modified': new Date(modified).toUTCString(),
          ...(part && { 'content-range': `bytes ${part.first}-${part.last}/${size}` }),
        })
        return await ask.reply.code(part ? 206 : 200).send(body)
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/files/content',
      access: 'files',
      summary: 'Upload a file; nothing stands under its name until all of it is there',
      tag: 'files',
      query: uploadQuery,
      response: fileEntry,
      status: 201,
      rawBody: true,
      unaudited: true,
      async handle(ask) {
        const { path, overwrite } = ask.query
        const { raw, headers } = ask.request
        const size = uploadSize(headers)
        const gone = new AbortController()
        ask.reply.raw.once('close', () => gone.abort())
        await using access = await open(ask)
        return await access.upload(path, raw, {
          overwrite: overwrite === 'true',
          signal: gone.signal,
          ...(size !== undefined && { size }),
        })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/files/folders',
      access: 'files',
      summary: 'Make a folder',
      tag: 'files',
      body: makeFolderBody,
      async handle(ask) {
        await using access = await open(ask)
        await access.makeFolder(ask.body.path)
        ask.audit({ action: 'file.make-folder', target: ask.body.path })
        return undefined
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/files/rename',
      access: 'files',
      summary: 'Rename or move a file or a folder; nothing is replaced',
      tag: 'files',
      body: renameBody,
      async handle(ask) {
        const { from, to } = ask.body
        await using access = await open(ask)
        await access.rename(from, to)
        ask.audit({ action: 'file.rename', target: from, after: { to } })
        return undefined
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/files/remove',
      access: 'files',
      summary: 'Remove files, and folders with all that is in them; tells of each',
      tag: 'files',
      body: removeBody,
      response: removed,
      async handle(ask) {
        await using access = await open(ask)
        const gone: string[] = []
        const failed: { path: string; code: string; text: string }[] = []
        for (const path of ask.body.paths) {
          try {
            await access.remove(path)
            gone.push(path)
          } catch (error) {
            const problem = problemOf(error)
            if (!problem) throw error
            failed.push({ path, code: problem.code, text: problem.message })
          }
        }
        const [first = ''] = ask.body.paths
        const text = `${gone.length} removed, ${failed.length} not`
        ask.audit({
          action: 'file.remove',
          target: ask.body.paths.length === 1 ? first : `${first} and others`,
          before: gone.slice(0, 100),
          text,
          outcome: gone.length > 0 ? 'done' : 'refused',
        })
        return { removed: gone, failed }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/files/zip',
      access: 'files',
      summary: 'Download files and folders as one zip',
      tag: 'files',
      query: zipQuery,
      async handle(ask) {
        const { path: paths } = ask.query
        const { zipStream } = await import('../resources/files/zip-stream.ts')
        const access = await open(ask)
        const plan = await planZip(access, paths).catch(async (error: unknown) => {
          await access[Symbol.asyncDispose]()
          throw error
        })
        if (ask.query.check) {
          await access[Symbol.asyncDispose]()
          return undefined
        }
        const [only = ''] = paths
        const name = (paths.length === 1 && only.replace(/\/+$/, '').split('/').at(-1)) || 'files'
        ask.reply.headers({
          ...INERT,
          'content-type': 'application/zip',
          'content-disposition': attachment(`${name}.zip`),
        })
        return await ask.reply.send(zipStream(access, plan))
      },
    }),
  ]
}

/** @throws {Problem} 416 `RANGE_OUTSIDE` */
function partOf(range: string | undefined, ifRange: string | string[] | undefined, file: FileFacts) {
  if (!rangeHolds(ifRange, file)) return undefined
  const asked = byteRange(range, file.size)
  if (asked.kind === 'outside') {
    const text = `The file has ${file.size} bytes: the range lies behind its end.`
    throw new Problem(416, 'RANGE_OUTSIDE', text, undefined, {
      headers: { 'content-range': `bytes */${file.size}` },
    })
  }
  return asked.kind === 'part' ? asked : undefined
}

function rangeOf({ first, last }: { first: number; last: number }): FileRange {
  return { offset: first, length: last - first + 1 }
}
