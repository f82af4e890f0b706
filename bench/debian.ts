import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError, textOf } from './errors.ts'
import { run } from './processes.ts'

/**
 * The servers' packages and the libraries that a plain Debian does not have. vsftpd, proftpd and pure-ftpd conflict
 * with each other, so they are unpacked in a folder and never installed.
 */
const PACKAGES = [
  'vsftpd',
  'proftpd-core',
  'proftpd-mod-crypto',
  'pure-ftpd',
  'pure-ftpd-common',
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
 * Gets the packages into `cache` unless they are there.
 *
 * @throws {BenchError} when this is no Debian, or apt cannot get a package
 */
export async function unpackDebian(cache: string): Promise<Debian> {
  const root = join(cache, 'debian')
  const debs = join(cache, 'debs')
  if (!(await exists(join(root, '.complete')))) {
    const fresh = `${root}.new`
    await rm(fresh, { recursive: true, force: true })
    await rm(debs, { recursive: true, force: true })
    await mkdir(debs, { recursive: true })
    await mkdir(fresh, { recursive: true })
    await download(debs)
    for (const deb of await readdir(debs)) await run('dpkg-deb', ['-x', join(debs, deb), fresh])
    await writeFile(join(fresh, '.complete'), '')
    await rm(root, { recursive: true, force: true })
    await rename(fresh, root)
  }
  const libraries = [join(root, 'usr/lib/x86_64-linux-gnu'), join(root, 'lib/x86_64-linux-gnu')]
  if (process.arch === 'arm64') {
    libraries.push(join(root, 'usr/lib/aarch64-linux-gnu'), join(root, 'lib/aarch64-linux-gnu'))
  }
  return { root, versions: await versionsOf(debs), env: { LD_LIBRARY_PATH: libraries.join(':') } }
}

async function download(debs: string): Promise<void> {
  try {
    // The sandbox user of apt may not write here; the files are checked against apt's signed lists all the same.
    await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', ...PACKAGES], { cwd: debs })
  } catch (error) {
    throw new BenchError(
      `the packages of the other servers could not be fetched; run "apt-get update" as root and try again (${textOf(error)})`,
    )
  }
}

async function versionsOf(debs: string): Promise<Record<string, string>> {
  const versions: Record<string, string> = {}
  for (const deb of await readdir(debs)) {
    const [name, version] = deb.split('_')
    if (name !== undefined && version !== undefined) versions[name] = decodeURIComponent(version)
  }
  return versions
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
