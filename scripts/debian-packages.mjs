// The programs that the end-to-end tests meet the server with, and the Debian packages they come in.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const PROGRAMS = [
  { program: 'curl', package: 'curl' },
  { program: 'lftp', package: 'lftp' },
  { program: 'ncftpput', package: 'ncftp' },
  { program: 'tnftp', package: 'tnftp' },
  { program: 'openssl', package: 'openssl' },
  { program: 'haproxy', package: 'haproxy' },
  { program: 'python3', package: 'python3' },
  { program: 'ip', package: 'iproute2' },
  { program: 'nft', package: 'nftables' },
  { program: 'danted', package: 'dante-server' },
  { program: 'iptables-restore', package: 'iptables' },
  { program: 'pg_ctlcluster', package: 'postgresql' },
  { program: 'chromium', package: 'chromium', beside: ['fonts-dejavu-core'] },
]

function isThere(program) {
  const folders = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/usr/bin`.split(delimiter)
  return folders.some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const missing = () => PROGRAMS.filter(({ program }) => !isThere(program))

/**
 * Installs what is missing, when root on a Debian system. What cannot be installed is named; with CI=true that is an
 * error, since CI may leave nothing out.
 */
export function ensureDebianPackages() {
  const wanted = missing().flatMap(one => [one.package, ...(one.beside ?? [])])
  if (wanted.length === 0) return
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    console.log(`Installing Debian packages for the end-to-end tests: ${wanted.join(' ')}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const options = { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 }
    spawnSync('apt-get', ['update', '-qq'], options)
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted], options)
  }
  const left = missing()
  if (left.length === 0) return
  console.log('The end-to-end tests leave out what needs these programs:')
  for (const { program, package: name } of left) console.log(`  ${program}: apt-get install ${name}`)
  if (process.env.CI === 'true') {
    console.error('CI=true: nothing may be left out.')
    process.exit(1)
  }
}
