import { domainToASCII } from 'node:url'
import { readApplication } from '../policy/application.ts'
import { readNetwork } from '../policy/network.ts'

/** Why a text is no application, and what was probably meant; undefined when it is one. */
export function applicationProblem(text: string): string | undefined {
  if (readApplication(text)) return undefined
  return `${MUST}${meant(text)}`
}

/** Why a text is no network; undefined when it is one. */
export function networkProblem(text: string): string | undefined {
  if (readNetwork(text)) return undefined
  return 'must be an IP address or a network, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32'
}

const MUST =
  'must be an IP address, a network such as 10.0.0.0/24, a name such as ftp.corp.example, or a wildcard such as *.corp.example'

function meant(text: string): string {
  if (/^[^/]+\/\d+$/.test(text)) return '; the number of bits does not fit the address'
  if (/^[\d.]+\s*-\s*[\d.]+$/.test(text)) return '; write a range of addresses as networks'
  const [, inUrl] = /^[a-z][a-z\d+.-]*:\/\/(?:[^@/]*@)?([^:/]+)/i.exec(text) ?? []
  if (inUrl !== undefined && readApplication(inUrl)) return `: write ${inUrl} alone`
  const [, beforePort, port] = /^\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(text) ?? []
  if (beforePort !== undefined && readApplication(beforePort)) {
    return `: write ${beforePort}, and ${port} among the ports`
  }
  if (text.includes('*'))
    return '; a wildcard stands for all that is before the first dot, and for nothing else'
  const ascii = domainToASCII(text)
  if (ascii !== '' && ascii !== text.toLowerCase() && readApplication(ascii)) return `: write ${ascii}`
  return ''
}
