import { randomInt } from 'node:crypto'
import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from './user-error.ts'

/** The user of a first start. */
const USER = 'portolan'

/** Letters and digits that nobody mistakes for each other, and that need no quotes in a shell or a URL. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

/** The settings file of a data folder. */
export const SETTINGS_FILE = 'portolan.yaml'

/** A folder with settings and files, as `portolan serve` without arguments uses it. */
export interface DataFolder {
  /** The settings file. */
  readonly config: string
  /** What was made just now; absent at every later start. */
  readonly made?: { readonly user: string; readonly password: string }
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
 * Makes a data folder when it is not there: settings with comments, one user with a generated password, a folder for
 * the files. What is there is left alone.
 * @throws {UserError} when the folder cannot be written
 */
export async function openDataFolder(folder: string, options: FirstStartOptions): Promise<DataFolder> {
  const config = join(folder, SETTINGS_FILE)
  const there = await access(config).then(
    () => true,
    () => false,
  )
  if (there) return { config, undo: async () => {} }
  const password = generatePassword(options.random ?? randomInt)
  const text = firstSettings(USER, await options.hash(password))
  try {
    await mkdir(join(folder, 'files', USER), { recursive: true })
    // The hash is nobody else's business; and of two first starts at once, one must lose.
    await writeFile(config, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`the data folder ${folder} cannot be made: ${reason}`)
  }
  return { config, made: { user: USER, password }, undo: () => rm(config, { force: true }) }
}

/** 20 characters of 31: 99 bits. */
export function generatePassword(random: (bound: number) => number = randomInt): string {
  const group = () => Array.from({ length: 5 }, () => ALPHABET[random(ALPHABET.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}

/** The settings file of a first start: what is set, and what one is likely to change next. */
function firstSettings(user: string, passwordHash: string): string {
  return `# Settings of portolan. Every setting and its default: portolan config schema
# What is in force and why: portolan config show. Is it right? portolan config check
# Paths are relative to this folder. Changes take effect on SIGHUP, and at the next start.

listeners:
  - name: public
    host: 0.0.0.0        # every IPv4 address of this machine; '::' for IPv6
    port: 2121
    tls: optional        # off | optional | required | implicit

tls:
  selfSigned: true       # a real certificate is better:
  # certificate: tls/fullchain.pem
  # key: tls/privkey.pem

passive:                 # open these ports in the firewall: 61000 to 62023
  basePort: 61000
  numberOfPorts: 1024
  # Behind NAT, clients must be told the address that they can reach:
  # addressRules:
  #   - { clients: 10.0.0.0/8, address: local }
  #   - { address: ftp.example.com }

users:
  - name: ${user}
    password: ${passwordHash}   # portolan hash-password makes another
    home: files/${user}
    # permissions:
    #   - { path: /, allow: readOnly }
    #   - { path: /incoming, allow: all }

# anonymous: { enabled: true, home: files/public }

server:
  dataFolder: .          # keeps the self-signed certificate
`
}
