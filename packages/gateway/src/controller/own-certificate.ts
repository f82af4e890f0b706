import type { Authority } from '../pki/authority.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { TlsIdentity } from '../transport/tls-settings.ts'

const RETRY_MS = 60_000

/** The certificate that a controller shows, made anew at two thirds of its lifetime: nothing of it is kept. */
export interface OwnCertificate extends Disposable {
  readonly identity: TlsIdentity
}

/**
 * @param id - what the node is called
 * @param onRenewed - from now on another one is to be shown
 */
export async function keepOwnCertificate(
  authority: Authority,
  id: string,
  lifetimeMs: () => number,
  now: () => number,
  onRenewed: (identity: TlsIdentity) => void,
): Promise<OwnCertificate> {
  const make = async () => {
    const { key, csr } = await newKeyAndCsr()
    const lifetime = lifetimeMs()
    const issued = await authority.issue({
      csr,
      identity: { kind: 'controller', id },
      lifetimeMs: lifetime,
      now: now(),
    })
    const identity = { key, certificate: issued.certificate, authority: authority.certificate }
    return { identity, dueMs: (lifetime * 2) / 3 }
  }
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const plan = (ms: number) => {
    timer = setTimeout(renew, ms)
    timer.unref()
  }
  const renew = () =>
    make().then(
      made => {
        if (closed) return
        own = made
        plan(made.dueMs)
        onRenewed(made.identity)
      },
      () => {
        if (!closed) plan(RETRY_MS)
      },
    )
  let own = await make()
  plan(own.dueMs)
  return {
    get identity() {
      return own.identity
    },
    [Symbol.dispose]() {
      closed = true
      clearTimeout(timer)
    },
  }
}
