import { z } from 'zod'
import { time } from './common.ts'

export const fileEntry = z.object({
  name: z.string(),
  type: z.enum(['file', 'folder', 'link', 'other']),
  size: z.number(),
  modified: time,
  may: z.object({ read: z.boolean(), rename: z.boolean(), delete: z.boolean() }),
})
export type FileEntry = z.output<typeof fileEntry>
export const folderView = z.object({
  path: z.string(),
  entries: z.array(fileEntry),
  may: z.object({ write: z.boolean(), makeFolder: z.boolean() }),
  quota: z.object({ bytes: z.number().optional(), files: z.number().optional() }).optional(),
})
export type FolderView = z.output<typeof folderView>
export const pathQuery = z.object({ path: z.string().min(1).max(8192) })
export const renameBody = z.object({ from: z.string().min(1).max(8192), to: z.string().min(1).max(8192) })
export const makeFolderBody = z.object({ path: z.string().min(1).max(8192) })
export const removeBody = z.object({ paths: z.array(z.string().min(1).max(8192)).min(1).max(10_000) })
export const removed = z.object({
  removed: z.array(z.string()),
  failed: z.array(z.object({ path: z.string(), code: z.string(), text: z.string() })),
})
