export { addressFamily, isAddress, normaliseAddress } from './address.ts'
export { AsciiDecoder, AsciiEncoder } from './ascii.ts'
export { type ChecksumRequest, parseChecksumArgument, parseRange, type RangeRequest } from './byte-range.ts'
export { formatCommand, type ParsedCommand, parseCommand } from './command.ts'
export {
  formatHashFeature,
  formatHashReply,
  HASH_ALGORITHMS,
  type HashAlgorithm,
  type HashReply,
  hashAlgorithmOfVerb,
  parseHashAlgorithm,
  parseHashReply,
} from './digest.ts'
export { type Endpoint, formatEndpoint } from './endpoint.ts'
export { ProtocolError, type ProtocolErrorCode } from './errors.ts'
export {
  type EpsvRequest,
  formatEprtArgument,
  formatEpsvReply,
  parseEprtArgument,
  parseEpsvArgument,
  parseEpsvReply,
} from './extended-port.ts'
export { formatFeat, parseFeat } from './feat.ts'
export { type HostArgument, parseHostArgument } from './host.ts'
export { formatPasvReply, formatPortArgument, parsePasvReply, parsePortArgument } from './host-port.ts'
export { DEFAULT_MAX_LINE, type Line, LineReader, type LineReaderOptions } from './line-reader.ts'
export { formatListLine, type ListEntry } from './list-line.ts'
export type { EntryKind, Listing, ListingDialect, Precision, RemoteEntry } from './listing/entry.ts'
export { ListingReader, type ListingReaderOptions } from './listing/listing-reader.ts'
export { type ListOptions, parseListing, parseMlsd } from './listing/parse.ts'
export {
  type FactSource,
  formatMlstFeature,
  formatMlsx,
  formatOptsMlstReply,
  MLSX_FACTS,
  type MlsxFact,
  type MlsxLine,
  parseMlsxLine,
  parseOptsMlst,
} from './mlsx.ts'
export { decodeName, encodeName, hasUndecodable } from './names.ts'
export { oneLine } from './one-line.ts'
export { type OptsArgument, parseOptsArgument } from './opts.ts'
export { formatOutwardsOnlyReply, isOutwardsOnlyReply } from './outwards-only.ts'
export {
  formatProbeAddress,
  formatProbeAddressArgument,
  formatProbeEcho,
  formatProbePasv,
  MAX_PROBE_ECHO,
  type ProbeAddress,
  type ProbeNat,
  type ProbePasv,
  parseProbeAddress,
  parseProbeAddressArgument,
  parseProbeEcho,
  parseProbePasv,
} from './probe.ts'
export { decodeProbeAddress, encodeProbeAddress, type Rewritten } from './probe-facts.ts'
export {
  type DataCommand,
  formatProbeLog,
  type ProbeAttempt,
  type ProbeOutcome,
  parseProbeLog,
} from './probe-log.ts'
export { parseQuotedPath, type QuotedPath, quotePath } from './quoted-path.ts'
export { encodeReply, type Reply, reply } from './reply.ts'
export { ReplyReader, type ReplyReaderOptions } from './reply-reader.ts'
export { escapeIac, TelnetFilter } from './telnet.ts'
export { formatTimeVal, parseTimeVal } from './time-val.ts'
export { parseTypeArgument, type TypeArgument } from './type.ts'
