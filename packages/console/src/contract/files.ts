import { z } from 'zod'
import { time } from './common.ts'

const amounts = { bytes: z.number().optional(), files: z.number().optional() }

export const fileEntry = z.object({
  name: z.string(),
  type: z.enum(['file', 'folder', 'link', 'other']),
  leadsTo: z
    .enum(['file', 'folder'])
    .optional()
    .describe('Of a link: what it leads to, where that may be seen.'),
  size: z.number(),
  modified: time,
  may: z.object({ read: z.boolean(), rename: z.boolean(), delete: z.boolean() }),
})
export type FileEntry = z.output<typeof fileEntry>
export const folderView = z.object({
  path: z.string(),
  entries: z.array(fileEntry),
  cut: z.literal(true).optional().describe('There are more than the 50,000 that are told.'),
  may: z.object({ write: z.boolean(), makeFolder: z.boolean() }),
  quota: z
    .object({ ...amounts, of: z.object(amounts) })
    .optional()
    .describe('What is left, and of how much; absent: no limit here.'),
})
export type FolderView = z.output<typeof folderView>

/** Absolute, in the user's own tree. */
const path = z.string().min(1).max(8192)
export const pathQuery = z.object({ path })
export const uploadQuery = z.object({
  path,
  overwrite: z.enum(['true', 'false']).default('false').describe('true: replace a file of that name.'),
})
/** Entries of one zip, at most. */
export const ZIP_PATHS = 1_000
export const zipQuery = z.object({
  path: z
    .union([path.transform(one => [one]), z.array(path).min(1).max(ZIP_PATHS)])
    .describe('Once for each file or folder.'),
  check: z.literal('true').optional().describe('Only says whether it can be made: 204.'),
})
export const renameBody = z.object({ from: path, to: path })
export const makeFolderBody = z.object({ path })
export const removeBody = z.object({ paths: z.array(path).min(1).max(10_000) })
export const removed = z.object({
  removed: z.array(z.string()),
  failed: z.array(z.object({ path: z.string(), code: z.string(), text: z.string() })),
})
export type Removed = z.output<typeof removed>
