import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError, textOf } from './errors.ts'
import { run } from './processes.ts'

/**
 * The packages of servers and relays and the libraries that a plain Debian does not have. vsftpd, proftpd and pure-ftpd conflict
 * with each other, so they are unpacked in a folder and never installed.
 */
const PACKAGES = [
  'vsftpd',
  'proftpd-core',
  'proftpd-mod-crypto',
  'pure-ftpd',
  'pure-ftpd-common',
  'stunnel4',
  'openssh-server',
  'openssh-client',
  'python3-pyftpdlib',
  'python3-openssl',
  'python3-cryptography',
  'python3-cffi-backend',
  'libcap2',
  'libhashkit2',
  'libhiredis0.14',
  'libmemcached11',
  'libmemcachedutil2',
  'libpcre2-posix3',
  'libsodium23',
  'libwrap0',
]

/** The file that a complete folder has: its packages and their versions. */
const COMPLETE = '.complete'

/** Unpacked Debian packages. */
export interface Debian {
  /** The folder that stands for `/`. */
  readonly root: string
  /** Package to version. */
  readonly versions: Readonly<Record<string, string>>
  /** What a program out of them needs in its environment to find its libraries. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Gets the packages into `cache` unless they are there. Several processes may do so at once: one of them comes first.
 *
 * @throws {BenchError} when this is no Debian, or apt cannot get a package
 */
export async function unpackDebian(cache: string): Promise<Debian> {
  const root = join(cache, 'debian')
  const versions = (await readVersions(root)) ?? (await unpack(root))
  const libraries = [join(root, 'usr/lib/x86_64-linux-gnu'), join(root, 'lib/x86_64-linux-gnu')]
  if (process.arch === 'arm64') {
    libraries.push(join(root, 'usr/lib/aarch64-linux-gnu'), join(root, 'lib/aarch64-linux-gnu'))
  }
  return { root, versions, env: { LD_LIBRARY_PATH: libraries.join(':') } }
}

/** Makes the folder under a name of this process, then gives it its own: half a folder never has it. */
async function unpack(root: string): Promise<Record<string, string>> {
  const fresh = `${root}.${process.pid}`
  const debs = `${fresh}.debs`
  try {
    await mkdir(debs, { recursive: true })
    await mkdir(fresh)
    await download(debs)
    const names = await readdir(debs)
    for (const deb of names) await run('dpkg-deb', ['-x', join(debs, deb), fresh])
    await writeFile(join(fresh, COMPLETE), JSON.stringify(versionsOf(names)))
    // What an older release has left has no list of versions.
    if ((await readVersions(root)) === undefined) await rm(root, { recursive: true, force: true })
    await rename(fresh, root)
  } catch (error) {
    if (!isTaken(error)) throw error
  } finally {
    for (const path of [fresh, debs]) await rm(path, { recursive: true, force: true })
  }
  const versions = await readVersions(root)
  if (versions === undefined) throw new BenchError(`${root} is not complete: remove it and try again`)
  return versions
}

/** Whether another process has put its folder there meanwhile. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
}

async function download(folder: string): Promise<void> {
  // The sandbox user of apt may not write here; the files are checked against apt's signed lists all the same.
  const get = () =>
    run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', ...PACKAGES], { cwd: folder })
  try {
    await get().catch(async () => {
      // A new machine has no lists, an old one has lists of packages that are gone.
      await run('apt-get', ['update', '-qq'])
      await get()
    })
  } catch (error) {
    throw new BenchError(
      `the packages of the other servers could not be fetched; run "apt-get update" as root and try again (${textOf(error)})`,
    )
  }
}

function versionsOf(debs: readonly string[]): Record<string, string> {
  const versions: Record<string, string> = {}
  for (const deb of debs) {
    const [name, version] = deb.split('_')
    if (name !== undefined && version !== undefined) versions[name] = decodeURIComponent(version)
  }
  return versions
}

/** The versions of a folder that is complete; undefined for any other. */
async function readVersions(root: string): Promise<Record<string, string> | undefined> {
  try {
    const read: unknown = JSON.parse(await readFile(join(root, COMPLETE), 'utf8'))
    if (typeof read !== 'object' || read === null) return undefined
    const versions = Object.fromEntries(
      Object.entries(read).map(([name, version]) => [name, String(version)]),
    )
    // What an older release has left lacks what was added since.
    return PACKAGES.every(name => versions[name] !== undefined) ? versions : undefined
  } catch {
    return undefined
  }
}
