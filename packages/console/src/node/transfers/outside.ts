import { readFile } from 'node:fs/promises'
import type { Settings } from '@portolan/settings'
import type { EngineOptions } from '@portolan/transfers'

type Section = Settings['transfers']
/** Longest first line of a file with a secret, in characters. */
const MOST_CHARACTERS = 4_096

/** What transfers need of the world outside: mail, the key of webhooks, programs. Secrets are in files, and are kept in memory. */
export class Outside {
  readonly #section: () => Section
  readonly #warn: (text: string) => void
  #password: string | undefined
  #webhookKey: string | undefined
  /** Told last of each setting: the files are read again and again. */
  readonly #told = new Map<string, string>()

  /** @param warn - told of files that cannot be read */
  constructor(section: () => Section, warn: (text: string) => void) {
    this.#section = section
    this.#warn = warn
  }

  /** Reads the files again. Never rejects: what cannot be read is not there. */
  async refresh(): Promise<void> {
    const { mail, webhookKeyFile } = this.#section()
    this.#password = await this.#read('transfers.mail.passwordFile', mail?.passwordFile)
    this.#webhookKey = await this.#read('transfers.webhookKeyFile', webhookKeyFile)
  }

  programs: EngineOptions['programs'] = () => this.#section().programs

  webhookKey: EngineOptions['webhookKey'] = () => this.#webhookKey

  mail: EngineOptions['mail'] = () => {
    const { mail } = this.#section()
    if (!mail) return undefined
    const { host, port, tls, from, user } = mail
    return {
      host,
      port,
      tls,
      from,
      ...(user !== undefined && { user }),
      ...(this.#password !== undefined && { password: this.#password }),
    }
  }

  async #read(setting: string, path: string | undefined): Promise<string | undefined> {
    if (path === undefined) return undefined
    try {
      const [first = ''] = (await readFile(path, 'utf8')).split(/\r?\n/, 1)
      if (first !== '') {
        this.#told.delete(setting)
        return first.slice(0, MOST_CHARACTERS)
      }
      this.#tell(setting, `the first line of ${path} is empty`)
    } catch (error) {
      this.#tell(setting, `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
    return undefined
  }

  #tell(setting: string, text: string): void {
    if (this.#told.get(setting) === text) return
    this.#told.set(setting, text)
    this.#warn(`${setting}: ${text}`)
  }
}
