import type { PortRange } from '../model/index.ts'
import { type Application, readApplication } from './application.ts'
import { type Host, readHost } from './host.ts'
import { pushTo } from './multimap.ts'
import { NetworkTable } from './network-table.ts'
import { type Owner, ownerOf } from './port-owners.ts'
import type { Target } from './types.ts'
import { unreadable } from './unreadable.ts'

/** What a segment lays claim to. */
export interface Claim {
  readonly applications: readonly string[]
  readonly ports: readonly PortRange[]
}

/** The segment that a target belongs to. */
export interface Found {
  readonly host: Host
  /** The most specific owner that has the port, or undefined. */
  readonly owner: Owner | undefined
  /** The most specific owner of the host, whatever its ports; undefined: no segment has it. */
  readonly nearest: Owner | undefined
}

/**
 * Finds the segment of a target. The longest prefix wins over shorter ones (an address is a prefix of all bits), the exact name over
 * wildcards, the longest wildcard over shorter ones. Of several segments that have the host, the most specific of those that have the
 * port is the one: a segment that is more specific and does not have the port hides nothing. Segments that are disabled count as well,
 * so that to disable one never opens the wider one behind it.
 */
export class SegmentFinder {
  readonly #networks = new NetworkTable<Owner>()
  readonly #names = new Map<string, Owner[]>()
  readonly #wildcards = new Map<string, Owner[]>()

  /** @throws {GatewayError} `GATEWAY_INVALID` for an application that cannot be read: left out, it would open a wider segment */
  constructor(segments: readonly Claim[]) {
    for (const [segment, { applications, ports }] of segments.entries()) {
      for (const [index, written] of applications.entries()) {
        const application = readApplication(written)
        if (application === undefined)
          throw unreadable(
            `segments[${segment}].applications[${index}]`,
            written,
            'is no address, network, name or wildcard',
          )
        this.#add(application, { segment, application: written, ports })
      }
    }
  }

  find(target: Target): Found {
    const host = readHost(target.host)
    let nearest: Owner | undefined
    const visit = (owners: readonly Owner[]) => {
      nearest ??= owners[0]
      return ownerOf(owners, target.port)
    }
    const owner = host.family === 0 ? this.#findName(host.text, visit) : this.#networks.find(host, visit)
    return { host, owner, nearest }
  }

  /** Those that have that very application. */
  owners(application: Application): readonly Owner[] {
    if (application.kind === 'network') return this.#networks.at(application.network)
    if (application.kind === 'name') return this.#names.get(application.name) ?? []
    return this.#wildcards.get(application.suffix) ?? []
  }

  /** Those that have applications of which this one is a part. */
  wider(application: Application): readonly Owner[] {
    if (application.kind === 'network') return this.#networks.wider(application.network)
    const name = application.kind === 'name' ? application.name : application.suffix
    return suffixesOf(name).flatMap(suffix => this.#wildcards.get(suffix) ?? [])
  }

  #add(application: Application, owner: Owner): void {
    if (application.kind === 'network') this.#networks.add(application.network, owner)
    else if (application.kind === 'name') pushTo(this.#names, application.name, owner)
    else pushTo(this.#wildcards, application.suffix, owner)
  }

  #findName(name: string, visit: (owners: readonly Owner[]) => Owner | undefined): Owner | undefined {
    const exact = this.#names.get(name)
    const found = exact && visit(exact)
    if (found || this.#wildcards.size === 0) return found
    for (const suffix of suffixesOf(name)) {
      const owners = this.#wildcards.get(suffix)
      const owner = owners && visit(owners)
      if (owner) return owner
    }
    return undefined
  }
}

/** What wildcards of the name can end with, the longest first. A dot at the very beginning has no label before it. */
function suffixesOf(name: string): string[] {
  const suffixes: string[] = []
  for (let dot = name.indexOf('.', 1); dot > 0; dot = name.indexOf('.', dot + 1))
    suffixes.push(name.slice(dot))
  return suffixes
}
