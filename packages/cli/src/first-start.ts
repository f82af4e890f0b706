import { randomInt } from 'node:crypto'
import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from './user-error.ts'

/** A hash that is well formed and that no password has. */
export const NO_PASSWORD = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** The user of a first start. */
const USER = 'portolan'

/** Letters and digits that nobody mistakes for each other, and that need no quotes in a shell or a URL. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

/** The settings file of a data folder. */
export const SETTINGS_FILE = 'portolan.yaml'

/** The user of a first start; the store gets it once the server stands. */
interface FirstUser {
  readonly name: string
  /** Told once. */
  readonly password: string
  /** argon2id in PHC form. */
  readonly hash: string
  /** Absolute. */
  readonly home: string
}

/** A folder with settings and files, as `portolan serve` without arguments uses it. */
export interface DataFolder {
  readonly folder: string
  /** The settings file. */
  readonly config: string
  /** What was made just now; absent at every later start. */
  readonly made?: FirstUser
  /** Takes back the settings file of a first start that came to nothing, so that the next one shows a password again. */
  undo(): Promise<void>
}

/** What a first start takes from outside. */
export interface FirstStartOptions {
  hash(password: string): Promise<string>
  /** A number from 0 to one below the bound. Default: the cryptographic random numbers of Node. */
  readonly random?: (bound: number) => number
}

/**
 * Makes a data folder when it is not there: settings with comments, a generated password for the first user, a folder for
 * the files of that user. What is there is left alone.
 * @throws {UserError} when the folder cannot be written
 */
export async function openDataFolder(folder: string, options: FirstStartOptions): Promise<DataFolder> {
  const config = join(folder, SETTINGS_FILE)
  const there = await access(config).then(
    () => true,
    () => false,
  )
  if (there) return { folder, config, undo: async () => {} }
  const password = generatePassword(options.random ?? randomInt)
  const home = join(folder, 'files', USER)
  const made = { name: USER, password, hash: await options.hash(password), home }
  try {
    await mkdir(home, { recursive: true })
    // Of two first starts at once, one must lose.
    await writeFile(config, FIRST_SETTINGS, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`the data folder ${folder} cannot be made: ${reason}`)
  }
  return { folder, config, made, undo: () => rm(config, { force: true }) }
}

/** 20 characters of 31: 99 bits. */
export function generatePassword(random: (bound: number) => number = randomInt): string {
  const group = () => Array.from({ length: 5 }, () => ALPHABET[random(ALPHABET.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}

/** The settings file of a first start: what has to be set, and what one is likely to change next. */
const FIRST_SETTINGS = `# Settings of portolan. Every setting and its default: portolan config schema
# What is in force and why: portolan config show. Is it right? portolan config check
# Paths are relative to this folder. Changes take effect on SIGHUP, and at the next start.
# What the web console and "portolan config set" change lies over this file.

tls:
  selfSigned: true       # a real certificate is better:
  # certificate: tls/fullchain.pem
  # key: tls/privkey.pem

# listeners:
#   - name: public
#     host: 0.0.0.0        # every IPv4 address of this machine; '::' for IPv6
#     port: 2121
#     tls: optional        # off | optional | required | implicit

# passive:
#   basePort: 61000        # open these ports in the firewall: 61000 to 62023
#   numberOfPorts: 1024
#   addressRules:          # behind NAT, clients must be told the address that they can reach
#     - { clients: 10.0.0.0/8, address: local }
#     - { address: ftp.example.com }

# users:                 # beside those that the web console makes
#   - name: alice
#     password: ${NO_PASSWORD}   # portolan hash-password makes one
#     home: files/alice
#     permissions:
#       - { path: /, allow: readOnly }
#       - { path: /incoming, allow: all }

# anonymous: { enabled: true, home: files/public }

server:
  dataFolder: .          # keeps the self-signed certificate
`
