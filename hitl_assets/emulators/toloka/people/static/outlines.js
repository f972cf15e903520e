// Areas in shares of a picture's sides, as they are handed in: what they are made of, and how they change.
const NAMES = { rectangle: "Box", polygon: "Outline", point: "Point" };

export const nameOf = (shape) => NAMES[shape];
export const clamp = (value, low = 0, high = 1) => Math.min(high, Math.max(low, value));
// Finer than a pixel of any picture.
const round = (value) => Math.round(value * 1e6) / 1e6;

const isPlace = (at) => Boolean(at) && Number.isFinite(at.left) && Number.isFinite(at.top);

// What of a list can be shown: only that goes on.
export const readAreas = (list, shapes) => list.filter((area) => isArea(area) && shapes.includes(area.shape)).map(plain);

const isArea = (area) => Boolean(area) && (area.shape === "polygon"
  ? Array.isArray(area.points) && area.points.length > 2 && area.points.every(isPlace)
  : isPlace(area) && (area.shape === "point" || (Number.isFinite(area.width) && Number.isFinite(area.height))));

const plain = ({ shape, left, top, width, height, points, label }) => ({
  shape,
  ...(shape === "polygon" ? { points: points.map((at) => ({ left: at.left, top: at.top })) } : { left, top }),
  ...(shape === "rectangle" ? { width, height } : {}),
  ...(label === undefined || label === null ? {} : { label }),
});

export const placeOf = (left, top) => ({ left: round(clamp(left)), top: round(clamp(top)) });

// A box between two places, in whichever order.
export const boxOf = (one, other) => {
  const [left, top] = [Math.min(one.left, other.left), Math.min(one.top, other.top)];
  return { shape: "rectangle", left, top, width: round(Math.abs(one.left - other.left)), height: round(Math.abs(one.top - other.top)) };
};

export const cornersOf = (area) => {
  if (area.shape === "polygon") return area.points;
  if (area.shape === "point") return [{ left: area.left, top: area.top }];
  const [right, bottom] = [round(area.left + area.width), round(area.top + area.height)];
  return [{ left: area.left, top: area.top }, { left: right, top: area.top }, { left: right, top: bottom }, { left: area.left, top: bottom }];
};

// The box around an area.
export const around = (area) => {
  const corners = cornersOf(area);
  const [lefts, tops] = [corners.map((at) => at.left), corners.map((at) => at.top)];
  return boxOf({ left: Math.min(...lefts), top: Math.min(...tops) }, { left: Math.max(...lefts), top: Math.max(...tops) });
};

// The same area elsewhere, and still within the picture.
export const moved = (area, right, down) => {
  const box = around(area);
  const [x, y] = [clamp(right, -box.left, 1 - box.left - box.width), clamp(down, -box.top, 1 - box.top - box.height)];
  const shift = (at) => placeOf(at.left + x, at.top + y);
  return area.shape === "polygon" ? { ...area, points: area.points.map(shift) } : { ...area, ...shift(area) };
};

// The same area with one of its corners elsewhere. Corners of boxes are numbered clockwise, sides are 4 to 7.
export const reshaped = (area, handle, to) => {
  const at = placeOf(to.left, to.top);
  if (area.shape === "point") return { ...area, ...at };
  if (area.shape === "polygon") return { ...area, points: area.points.map((point, place) => (place === handle ? at : point)) };
  const [first, , last] = cornersOf(area);
  const edges = { left: first.left, top: first.top, right: last.left, bottom: last.top };
  if ([0, 3, 7].includes(handle)) edges.left = at.left;
  if ([1, 2, 5].includes(handle)) edges.right = at.left;
  if ([0, 1, 4].includes(handle)) edges.top = at.top;
  if ([2, 3, 6].includes(handle)) edges.bottom = at.top;
  return { ...area, ...boxOf({ left: edges.left, top: edges.top }, { left: edges.right, top: edges.bottom }) };
};

// The same area, larger or smaller to its right and its bottom.
export const stretched = (area, right, down, least) => {
  if (area.shape === "point") return area;
  const box = around(area);
  const width = clamp(box.width + right, Math.min(least.left, box.width), 1 - box.left);
  const height = clamp(box.height + down, Math.min(least.top, box.height), 1 - box.top);
  if (area.shape === "rectangle") return { ...area, width: round(width), height: round(height) };
  const grow = (at) => placeOf(
    box.left + (at.left - box.left) * (box.width ? width / box.width : 1), box.top + (at.top - box.top) * (box.height ? height / box.height : 1),
  );
  return { ...area, points: area.points.map(grow) };
};

// Places where an area can be taken hold of: its corners, and the middles of its edges.
export const handlesOf = (area) => {
  const corners = cornersOf(area).map((at) => ({ ...at, isCorner: true }));
  if (area.shape === "point") return corners;
  const middle = (at, place) => {
    const next = corners[(place + 1) % corners.length];
    return { left: (at.left + next.left) / 2, top: (at.top + next.top) / 2, isCorner: false };
  };
  return [...corners, ...corners.map(middle)];
};

// An area and the corner that is taken hold of. An outline that is taken by an edge gets a corner there.
export const grasped = (area, handle) => {
  const count = cornersOf(area).length;
  if (area.shape !== "polygon" || handle < count) return { before: area, handle };
  const [one, other] = [area.points[handle - count], area.points[(handle - count + 1) % count]];
  const middle = placeOf((one.left + other.left) / 2, (one.top + other.top) / 2);
  const points = [...area.points.slice(0, handle - count + 1), middle, ...area.points.slice(handle - count + 1)];
  return { before: { ...area, points }, handle: handle - count + 1 };
};

// Whether two edges of an outline that are not neighbors meet.
export const crosses = (points) => {
  const turn = (a, b, c) => (b.left - a.left) * (c.top - a.top) - (b.top - a.top) * (c.left - a.left);
  const spans = (a, b, c, d, side) => Math.max(a[side], b[side]) >= Math.min(c[side], d[side]) && Math.max(c[side], d[side]) >= Math.min(a[side], b[side]);
  const meet = (a, b, c, d) => spans(a, b, c, d, "left") && spans(a, b, c, d, "top")
    && turn(a, b, c) * turn(a, b, d) <= 0 && turn(c, d, a) * turn(c, d, b) <= 0;
  const count = points.length;
  for (let one = 0; one < count; one += 1) {
    for (let other = one + 2; other < count; other += 1) {
      if (one === 0 && other === count - 1) continue;
      if (meet(points[one], points[one + 1], points[other], points[(other + 1) % count])) return true;
    }
  }
  return false;
};

const share = (value) => `${Math.round(value * 1000) / 10} %`;

// An area in words, for those who cannot see it.
export const inWords = (area) => {
  const box = around(area);
  const where = `${share(box.left)} from the left, ${share(box.top)} from the top`;
  return area.shape === "point" ? where : `${where}, ${share(box.width)} wide, ${share(box.height)} high`;
};
