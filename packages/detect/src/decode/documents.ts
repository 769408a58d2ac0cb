import type { DecodeBudget } from './budget.ts'
import { inflate } from './inflate.ts'
import { parseJson } from '../formats/json.ts'
import { child, itemsOf, textAt } from '../formats/tree.ts'

/** A part of a document that people read, as text. */
export type DocumentText = { readonly name: string; readonly start: number; readonly end: number; readonly bytes: Uint8Array }

/** True for the parts of Office Open XML and OpenDocument packages that hold what people wrote. */
export function isOfficeText(name: string): boolean {
  return /^(?:word\/(?:document|comments|footnotes|endnotes|header\d*|footer\d*)\.xml|xl\/(?:sharedStrings|comments\d*|worksheets\/sheet\d+|connections)\.xml|ppt\/(?:slides\/slide\d+|notesSlides\/notesSlide\d+|comments\/comment\d+)\.xml|docProps\/(?:app|core|custom)\.xml|content\.xml|meta\.xml)$/.test(name)
}

/** The text of such a part: runs that formatting has cut are joined again, paragraphs and cells stand on lines of their own. */
export function officeText(xml: Uint8Array): Uint8Array {
  const text = Buffer.from(xml.buffer, xml.byteOffset, xml.byteLength).toString('latin1')
    .replaceAll(/<(?:w:tab|text:tab)\b[^<>]{0,256}>/g, '\t')
    .replaceAll(/<text:s\b[^<>]{0,256}>/g, ' ')
    .replaceAll(/<\/(?:w:p|a:p|si|c|row|text:p|text:h|table:table-cell)>|<(?:w:br|a:br|text:line-break)\b[^<>]{0,256}>/g, '\n')
    .replaceAll(/<[^<>]{0,65536}>/g, '')
    .replaceAll(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })[name] ?? '')
  return Buffer.from(text, 'latin1')
}

/** The cells of a Jupyter notebook: source and text output, each joined from its lines (nbformat 4). Empty for other JSON. */
export function* notebookCells(bytes: Uint8Array): Generator<DocumentText, void, void> {
  const root = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')).documents[0] ?? null
  let index = 0
  for (const cell of itemsOf(child(root, 'cells'))) {
    index++
    const outputs = itemsOf(child(cell, 'outputs')).flatMap((output) => [child(output, 'text'), child(child(output, 'data'), 'text/plain'), child(output, 'traceback')])
    for (const [what, lines] of [['source', child(cell, 'source')], ...outputs.map((output) => ['output', output] as const)] as const) {
      if (lines === null) continue
      const text = lines.kind === 'scalar' ? lines.text : itemsOf(lines).map((line) => (line.kind === 'scalar' ? line.text : '')).join('')
      if (text !== '') yield { name: `cell ${index} ${textAt(cell, 'cell_type') ?? ''} ${what}`.replaceAll('  ', ' '), start: lines.start, end: lines.end, bytes: Buffer.from(text, 'latin1') }
    }
  }
}

const MAX_STREAMS = 20_000

/**
 * The text that a PDF shows (ISO 32000-1 §7.3.8, §9.4): strings of its content streams, plain or under FlateDecode. Fonts with
 * an encoding of their own yield what their codes spell in latin-1. `onLimit` hears of streams that would grow too large.
 */
export function* pdfStreams(bytes: Uint8Array, budget: DecodeBudget, onLimit: () => void): Generator<DocumentText, void, void> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let pos = 0
  for (let count = 0; count < MAX_STREAMS && !budget.spent; count++) {
    const found = buffer.indexOf('stream', pos)
    if (found < 0) return
    pos = found + 6
    if (buffer.toString('latin1', Math.max(0, found - 3), found) === 'end') continue
    const start = pos + (buffer[pos] === 0x0d && buffer[pos + 1] === 0x0a ? 2 : 1)
    const stop = buffer.indexOf('endstream', start)
    if (stop < 0) return
    pos = stop + 9
    const dictionary = buffer.toString('latin1', Math.max(0, found - 1024), found)
    const own = dictionary.slice(dictionary.lastIndexOf(' obj') + 1)
    if (/\/Subtype\s*\/Image|\/FontFile|\/Length1\b/.test(own)) continue
    const packed = buffer.subarray(start, stop)
    let content: Uint8Array = packed
    if (/\/FlateDecode|\/Fl\b/.test(own)) {
      const inflated = inflate(packed, 'zlib', budget.roomFor(packed.length))
      if (!inflated.ok) { if (inflated.reason === 'limit') onLimit(); continue }
      content = inflated.bytes
    } else if (own.includes('/Filter')) continue
    const text = shownText(Buffer.from(content).toString('latin1'))
    if (text.length >= 4) yield { name: `stream at ${start}`, start, end: stop, bytes: Buffer.from(text, 'latin1') }
  }
}

/** Strings between BT and ET: those of one TJ array are joined, text-moving operators begin a new line. */
function shownText(content: string): string {
  if (!content.includes('Tj') && !content.includes('TJ')) return ''
  let text = ''
  for (const match of content.matchAll(/\(((?:[^()\\]|\\[^]){0,65536})\)|<([0-9a-fA-F\s]{2,65536})>|\b(Td|TD|T\*|Tm|ET)\b|'/g)) {
    if (match[1] !== undefined) text += match[1].replaceAll(/\\(?:([0-7]{1,3})|([^]))/g, (_, octal?: string, other?: string) => octal === undefined ? ({ n: '\n', r: '\r', t: '\t' })[other ?? ''] ?? other ?? '' : String.fromCharCode(Number.parseInt(octal, 8) & 255))
    else if (match[2] !== undefined) text += Buffer.from(match[2].replaceAll(/\s/g, ''), 'hex').toString('latin1').replaceAll('\0', '')
    else if (!text.endsWith('\n')) text += '\n'
  }
  return text
}
