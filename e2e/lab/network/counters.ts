import { mustSucceed } from '../../support/programs.ts'
import type { Namespace } from './namespaces.ts'

/** What a firewall that counts has seen: first packets of connections. */
export interface FirewallCounts {
  /** By the name of the counter. */
  readonly counters: Readonly<Record<string, number>>
  /** The ports of the set `dialled`, the lowest first. */
  readonly dialled: readonly number[]
}

/** Asks the firewall of a router. @throws {ProgramError} with what `nft` said */
export async function readCounts(router: Namespace): Promise<FirewallCounts> {
  const { stdout } = mustSucceed('nft', await router.run('nft', ['-j', 'list', 'table', 'ip', 'lab']))
  const { nftables }: { nftables: readonly Listed[] } = JSON.parse(stdout)
  const counters = nftables.flatMap(({ counter }) =>
    counter === undefined ? [] : [[counter.name, counter.packets] as const],
  )
  const set = nftables.find(one => one.set?.name === 'dialled')?.set
  return {
    counters: Object.fromEntries(counters),
    dialled: (set?.elem ?? []).toSorted((a, b) => a - b),
  }
}

/** A part of a table, as `nft -j` lists it. */
interface Listed {
  readonly counter?: { readonly name: string; readonly packets: number }
  readonly set?: { readonly name: string; readonly elem?: readonly number[] }
}
