/**
 * Month words of `ls` by locale, January first, in lower case and without the dot behind them. As
 * glibc's locales abbreviate them. Croatian is left out: its `lip` and `srp` are other months in Polish and Czech.
 */
const WORDS: readonly (readonly string[])[] = [
  'jan january janv janvier januar jän jänner ene enero gen gennaio sty led tammi янв января oca ian'.split(
    ' ',
  ),
  'feb february févr fév février februar fev fevr lut úno helmi фев февр febr şub'.split(' '),
  'mar march mars mär märz mrz mrt bře maalis мар мар márc marzo març mac μαρ'.split(' '),
  'apr april avr avril abr kwi dub huhti апр ápr nis abril aprile'.split(' '),
  'may mai mei maj maja mag kvě touko май мая máj mayo maggio'.split(' '),
  'jun june juin juni giu cze čen kesä июн июня jún haz iun junio giugno'.split(' '),
  'jul july juil juillet juli lug lip čec heinä июл июля júl tem iul julio luglio'.split(' '),
  'aug august août aout ago sie srp elo авг августа ağu agosto'.split(' '),
  'sep sept september septembre set wrz zář syys сен сент szept eyl septiembre settembre'.split(' '),
  'oct october octobre okt oktober ott out paź říj loka окт eki octubre ottobre'.split(' '),
  'nov november novembre lis marras ноя нояб kas noviembre'.split(' '),
  'dec december déc décembre dez dezember dic des gru pro joulu дек ara diciembre dicembre'.split(' '),
]

const MONTHS = new Map(WORDS.flatMap((words, index) => words.map(word => [word, index + 1] as const)))

/** Chinese, Japanese and Korean: the number with the word for month. */
const NUMBERED = /^(1[0-2]|0?[1-9])[月월]$/u
const ESCAPED_BYTES = /[\udc80-\udcff]/gu

/** The month of a word, 1 to 12: English, or one of the locales that servers are known to list in. */
export function monthOf(word: string): number | undefined {
  const known = MONTHS.get(word)
  if (known !== undefined) return known
  if (word.length > 12) return undefined
  const numbered = NUMBERED.exec(word)
  if (numbered) return Number(numbered[1])
  // Servers that list in Latin-1: the bytes that are not UTF-8 were escaped by decodeName.
  const text = word
    .replace(ESCAPED_BYTES, unit => String.fromCharCode(unit.charCodeAt(0) & 0xff))
    .toLowerCase()
  return MONTHS.get(text.endsWith('.') ? text.slice(0, -1) : text)
}
