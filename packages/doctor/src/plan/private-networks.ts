import { TrustedNetworks } from '@portolan/channels'

/** RFC 1918: addresses that only clients on our side of a NAT can have. */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const

const networks = new TrustedNetworks(PRIVATE_NETWORKS)

/** Whether an address is in one of the {@link PRIVATE_NETWORKS}. */
export const isPrivate = (address: string): boolean => networks.has(address)
