// Marked pieces of a text as they are handed in: label, offset, length; in order, and none over another one.
const LETTER = /[\p{L}\p{N}]/u;

const endOf = (span) => span.offset + span.length;
export const within = (span, place) => span.offset <= place && place <= endOf(span);

// What of a list can be shown.
export const readSpans = (list, length) => list
  .filter((span) => span && Number.isInteger(span.offset) && Number.isInteger(span.length) && span.offset >= 0 && span.length > 0 && endOf(span) <= length)
  .map(({ label, offset, length: size }) => ({ label, offset, length: size }))
  .reduce(merged, []);

// Without what is marked from one place to another.
export const cut = (spans, from, to) => spans.flatMap((span) => [
  { ...span, length: Math.min(endOf(span), from) - span.offset },
  { ...span, offset: Math.max(span.offset, to), length: endOf(span) - Math.max(span.offset, to) },
]).filter((span) => span.length > 0);

// With one more, which goes over what was marked there. Neighbors of the same label are one.
export function merged(spans, added) {
  const ordered = [...cut(spans, added.offset, endOf(added)), added].sort((one, other) => one.offset - other.offset);
  return ordered.reduce((all, span) => {
    const last = all[all.length - 1];
    if (!last || last.label !== span.label || endOf(last) < span.offset) return [...all, span];
    return [...all.slice(0, -1), { ...last, length: endOf(span) - last.offset }];
  }, []);
}

// A piece without blanks at its edges, null if nothing is left.
export const edgeOf = (content, from, to) => {
  const piece = content.slice(from, to);
  const begin = from + piece.length - piece.trimStart().length;
  const size = piece.trim().length;
  return size ? { from: begin, to: begin + size } : null;
};

const letterAt = (content, place) => {
  const code = content.codePointAt(place);
  return code !== undefined && LETTER.test(String.fromCodePoint(code));
};
// The place before, by a whole character.
const before = (content, place) => (place > 1 && /[\ud800-\udbff][\udc00-\udfff]/.test(content.slice(place - 2, place)) ? place - 2 : place - 1);

// The words that a piece touches, null if it touches none.
export const wholeWords = (content, from, to) => {
  let [begin, end] = [from, to];
  const after = (place) => place + (content.codePointAt(place) > 0xffff ? 2 : 1);
  while (begin < end && !letterAt(content, begin)) begin = after(begin);
  while (end > begin && !letterAt(content, before(content, end))) end = before(content, end);
  while (begin > 0 && letterAt(content, before(content, begin))) begin = before(content, begin);
  while (end < content.length && letterAt(content, end)) end = after(end);
  return begin < end ? { from: begin, to: end } : null;
};
