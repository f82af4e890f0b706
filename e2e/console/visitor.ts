import type { DataLink } from '../support/data-link.ts'
import { dial, passive } from '../support/data-way.ts'
import { Dialogue } from '../support/dialogue.ts'

/** An FTP client that comes through a load balancer, from an address of our choice. */
export class Visitor implements AsyncDisposable {
  readonly dialogue: Dialogue
  readonly #header: string

  private constructor(dialogue: Dialogue, header: string) {
    this.dialogue = dialogue
    this.#header = header
  }

  /** Connects, and reads the greeting. */
  static async arrive(port: number, address: string): Promise<Visitor> {
    const dialogue = await Dialogue.open({ host: '127.0.0.1', port })
    const header = `PROXY TCP4 ${address} 198.51.100.20 ${20_000 + Math.floor(Math.random() * 30_000)} 21\r\n`
    dialogue.write(header)
    await dialogue.expect(220)
    return new Visitor(dialogue, header)
  }

  async logIn(user: string, password: string): Promise<this> {
    await this.dialogue.logIn(user, password)
    await this.dialogue.ask('SYST', 215)
    await this.dialogue.ask('TYPE I', 200)
    return this
  }

  /** Begins a transfer: 150 has come. */
  async begin(line: string, way: 'EPSV' | 'PASV' = 'EPSV'): Promise<DataLink> {
    const { port } = await passive(this.dialogue, way)
    const link = await dial({ host: '127.0.0.1', port }, '127.0.0.1')
    await link.write(this.#header)
    await this.dialogue.ask(line, 150)
    return link
  }

  async upload(name: string, bytes: Buffer, way?: 'EPSV' | 'PASV'): Promise<void> {
    await using link = await this.begin(`STOR ${name}`, way)
    await link.write(bytes)
    link.end()
    await this.dialogue.expect(226)
  }

  async download(line: string, way?: 'EPSV' | 'PASV'): Promise<Buffer> {
    await using link = await this.begin(line, way)
    const bytes = await link.readAll()
    await this.dialogue.expect(226)
    return bytes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dialogue[Symbol.asyncDispose]()
  }
}
