/** The words by which whoever reads the reply knows that no setting of the server will help. */
const REASON = 'connections only go outwards'

/**
 * What a zero-trust connector answers, instead of the server, to a command that asks for active mode.
 * @param verb - such as `PORT`
 */
export function formatOutwardsOnlyReply(verb: string): string {
  return `502 ${verb} does not work here: ${REASON}. Use passive mode (EPSV or PASV).`
}

/** Whether a reply is that of a connector. */
export const isOutwardsOnlyReply = (reply: string): boolean =>
  reply.startsWith('502 ') && reply.includes(REASON)
