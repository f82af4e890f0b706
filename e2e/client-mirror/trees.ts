import { lstat, mkdir, readdir, readFile, readlink, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A tree in words: a path that ends with `/` is a folder, one with ` -> ` a link; everything else is a file with this content. */
export type TreeText = Readonly<Record<string, string>>

/** Makes a tree. Files get times in the past, so that what is written later is newer. */
export async function makeTree(root: string, tree: TreeText, modified = Date.UTC(2026, 0, 2, 3, 4, 5)) {
  await mkdir(root, { recursive: true })
  for (const [path, content] of Object.entries(tree)) {
    const [name = '', target] = path.split(' -> ')
    const full = join(root, name)
    await mkdir(dirname(full), { recursive: true })
    if (target !== undefined) await symlink(target, full)
    else if (path.endsWith('/')) await mkdir(full, { recursive: true })
    else {
      await writeFile(full, content)
      await utimes(full, modified / 1000, modified / 1000)
    }
  }
}

/** Reads a tree back. */
export async function readTree(root: string, below = ''): Promise<TreeText> {
  const tree: Record<string, string> = {}
  for (const name of (await readdir(join(root, below))).toSorted()) {
    const path = below === '' ? name : `${below}/${name}`
    const full = join(root, path)
    const stats = await lstat(full)
    if (stats.isSymbolicLink()) tree[`${path} -> ${await readlink(full)}`] = ''
    else if (stats.isDirectory()) Object.assign(tree, { [`${path}/`]: '' }, await readTree(root, path))
    else tree[path] = await readFile(full, 'utf8')
  }
  return tree
}

/** Names that servers, globs and shells take for something else. */
export const AWKWARD: TreeText = {
  'a.txt': 'first',
  empty: '',
  'empty folder/': '',
  'deep/': '',
  'deep/er/': '',
  'deep/er/b.txt': 'second',
  '.hidden': 'dot',
  '.folder/': '',
  '.folder/.in it': 'dot dot',
  'with space and  two': 'spaces',
  '-rf': 'looks like an option',
  '-folder/': '',
  '-folder/x': 'in it',
  '[glob]*?{a,b}': 'looks like a glob',
  '[folder]/': '',
  '[folder]/y': 'in it',
  'ünïcödé \u{1f6a2}': 'ship',
  'quote"and\'s': 'quotes',
  'name; rm -rf $HOME': 'shell',
  '100%25': 'percent',
  '~': 'home',
}
