import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { PassiveReplies, type ReplyPiece } from './passive-replies.ts'

const say = (...chunks: readonly string[]) => {
  const replies = new PassiveReplies()
  return [...chunks.flatMap(chunk => replies.push(Buffer.from(chunk, 'latin1'))), ...replies.flush()]
}

const shown = (pieces: readonly ReplyPiece[]) =>
  pieces.map(piece => {
    if (piece.kind === 'secured') return 'secured'
    if (piece.kind === 'bytes') return piece.bytes.toString('latin1')
    return `${piece.by} ${piece.address ?? ''} ${piece.port}`
  })

const PASV = '227 Entering Passive Mode (10,0,0,9,195,80).\r\n'
const EPSV = '229 Entering Extended Passive Mode (|||50001|)\r\n'

describe('replies of a control connection', () => {
  const cases: readonly { title: string; chunks: readonly string[]; seen: readonly string[] }[] = [
    { title: 'to PASV name address and port', chunks: [PASV], seen: ['PASV 10.0.0.9 50000'] },
    { title: 'to EPSV name a port', chunks: [EPSV], seen: ['EPSV  50001'] },
    {
      title: 'are found when they come in pieces',
      chunks: ['220 hi\r', '\n22', '7 Passive (10,0,0,9,1', '95,80)\r\n250 ok\r\n'],
      seen: ['220 hi\r', '\n', 'PASV 10.0.0.9 50000', '250 ok\r\n'],
    },
    {
      title: 'are no replies inside of another one',
      chunks: ['211-Status\r\n', PASV, '211 End\r\n', PASV],
      seen: ['211-Status\r\n', PASV, '211 End\r\n', 'PASV 10.0.0.9 50000'],
    },
    { title: 'pass as they are when they name no port', chunks: ['227 ok\r\n'], seen: ['227 ok\r\n'] },
    {
      title: 'cannot be read once TLS has begun',
      chunks: ['234 Proceed\r\n', PASV],
      seen: ['234 Proceed\r\n', 'secured', PASV],
    },
    {
      title: 'cannot be read under implicit TLS',
      chunks: ['\x16\x03', `\x03\n${PASV}`],
      seen: ['\x16\x03', `\x03\n${PASV}`],
    },
    {
      title: 'pass at once when they are no FTP',
      chunks: ['SSH-2.0', '-x\n\0\0'],
      seen: ['SSH-2.0', '-x\n\0\0'],
    },
  ]
  for (const { title, chunks, seen } of cases) {
    it(title, () => {
      const all = shown(say(...chunks))
      assert.deepEqual(all, seen)
    })
  }

  it('pass whole, however they are cut', () => {
    const line = fc.constantFrom(
      PASV,
      EPSV,
      '220-a\r\n',
      '220 b\r\n',
      '227',
      '2',
      '\n',
      '\r\n',
      '234 x\r\n',
      '9\0',
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(fc.nat(60)), (lines, cuts) => {
        const text = lines.join('')
        const at = [0, ...cuts.filter(cut => cut < text.length).sort((a, b) => a - b), text.length]
        const pieces = say(...at.slice(1).map((to, index) => text.slice(at[index], to)))
        const joined = pieces.map(piece => (piece.kind === 'secured' ? '' : piece.bytes.toString('latin1')))
        assert.equal(joined.join(''), text)
        const found = (list: readonly ReplyPiece[]) => shown(list.filter(({ kind }) => kind !== 'bytes'))
        assert.deepEqual(found(pieces), found(say(text)))
      }),
    )
  })

  it('are not waited for beyond a bound', () => {
    const replies = new PassiveReplies()
    const pieces = replies.push(Buffer.from(`227 ${'x'.repeat(2_000)}`))
    assert.equal(pieces.length, 1)
    assert.equal(replies.push(Buffer.from('y')).length, 1)
  })
})
