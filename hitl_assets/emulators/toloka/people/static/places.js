// Where places of a text are on the page: among its nodes, in the selection, and under the pointer.

const placeOf = (text, node, offset) => {
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(node, offset);
  return range.toString().length;
};

// The node of a place, and the offset in it.
export const pointAt = (text, place) => {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let left = place;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left <= node.length) return [node, left];
    left -= node.length;
  }
  return [text, text.childNodes.length];
};

// The places where the selection begins and ends, null if it is elsewhere.
export const selected = (text) => {
  const { rangeCount, anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
  if (!rangeCount || !text.contains(anchorNode) || !text.contains(focusNode)) return null;
  const [one, other] = [placeOf(text, anchorNode, anchorOffset), placeOf(text, focusNode, focusOffset)];
  return { from: Math.min(one, other), to: Math.max(one, other) };
};

// The place that is nearest to the pointer, -1 if that is in no text of ours.
export const placeAt = (text, { clientX: x, clientY: y }) => {
  const caret = document.caretRangeFromPoint ? document.caretRangeFromPoint(x, y) : document.caretPositionFromPoint(x, y);
  if (!caret) return -1;
  const [node, offset] = caret.startContainer ? [caret.startContainer, caret.startOffset] : [caret.offsetNode, caret.offset];
  return text.contains(node) ? placeOf(text, node, offset) : -1;
};

// Whether a piece is where the pointer is, and not only the nearest one.
export const covers = (text, piece, { clientX: x, clientY: y }) => {
  const range = document.createRange();
  range.setStart(...pointAt(text, piece.from));
  range.setEnd(...pointAt(text, piece.to));
  return [...range.getClientRects()].some((box) => box.left - 2 <= x && x <= box.right + 2 && box.top - 2 <= y && y <= box.bottom + 2);
};
