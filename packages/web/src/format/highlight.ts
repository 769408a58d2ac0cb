/** A piece of a text: plain, or one of the spans. */
export type Piece<Span> = { readonly text: string; readonly span: Span | null }

/** The text cut at spans, in order; where spans overlap, the first of `spans` wins. Offsets are UTF-16. */
export function piecesOf<Span extends { readonly start: number; readonly end: number }>(text: string, spans: readonly Span[]): Piece<Span>[] {
  const kept: Span[] = []
  for (const span of spans) if (span.end > span.start && !kept.some((other) => span.start < other.end && other.start < span.end)) kept.push(span)
  const pieces: Piece<Span>[] = []
  let at = 0
  for (const span of kept.toSorted((a, b) => a.start - b.start)) {
    if (span.start > at) pieces.push({ text: text.slice(at, span.start), span: null })
    pieces.push({ text: text.slice(span.start, span.end), span })
    at = span.end
  }
  if (at < text.length) pieces.push({ text: text.slice(at), span: null })
  return pieces
}
