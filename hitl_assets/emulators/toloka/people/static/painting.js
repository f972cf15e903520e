// A picture's areas as they look now: drawn anew after each change.
import { SHADES, draw } from "./making.js";
import { around, crosses, handlesOf } from "./outlines.js";

// In pixels of the screen.
const [CORNER, EDGE, POINT, TEXT, NEAR] = [6, 4, 7, 13, 11];
const REACH = matchMedia("(pointer: coarse)").matches ? 20 : 11;

export const paint = (board) => {
  const { sight, draft, cursor } = board;
  if (!sight || !sight.scale) return;
  const pixel = 1 / sight.scale;
  const painted = board.areas.map((area, place) => paintArea(board, area, place, pixel));
  // The chosen one is on top: it is the one to take hold of.
  const chosen = board.selected === null ? [] : painted.splice(board.selected, 1);
  board.layer.replaceChildren(...painted, ...chosen, ...(draft ? [paintDraft(board, pixel)] : []), ...(cursor ? [paintCursor(sight, cursor)] : []));
};

const shadeOf = (board, label) => Math.max(0, board.options.labels.findIndex((one) => one.value === label)) % SHADES;

const paintArea = (board, area, place, pixel) => {
  const isChosen = place === board.selected;
  const isWrong = area.shape === "polygon" && crosses(area.points);
  const names = ["area", `c${shadeOf(board, area.label)}`, isChosen ? "chosen" : "", isWrong ? "wrong" : ""];
  const group = draw("g", { class: names.filter(Boolean).join(" "), "data-area": place });
  group.append(...["halo", "line"].map((name) => outline(board.sight, area, { class: name, r: POINT * pixel })), title(board, area, place, pixel));
  if (isChosen && !board.options.isFixed) group.append(...handles(board.sight, area, pixel));
  return group;
};

const pixels = (sight, at) => `${at.left * sight.width},${at.top * sight.height}`;

const outline = (sight, area, { r, ...attributes }) => {
  if (area.shape === "polygon") return draw("polygon", { points: area.points.map((at) => pixels(sight, at)).join(" "), ...attributes });
  const at = { x: area.left * sight.width, y: area.top * sight.height };
  if (area.shape === "point") return draw("circle", { cx: at.x, cy: at.y, r, ...attributes });
  return draw("rect", { ...at, width: area.width * sight.width, height: area.height * sight.height, ...attributes });
};

// Its number and its label, above it or, at the upper edge of what is seen, inside.
const title = (board, area, place, pixel) => {
  const { sight, options } = board;
  const box = around(area);
  const label = options.labels.find((one) => one.value === area.label);
  const lift = area.shape === "point" ? POINT + 4 : 5;
  const top = box.top * sight.height;
  const isRoom = top - (TEXT + lift) * pixel > sight.top;
  return draw("text", {
    x: Math.max(box.left * sight.width, sight.left + 2 * pixel), y: isRoom ? top - lift * pixel : top + (TEXT + lift) * pixel,
    "font-size": TEXT * pixel, "stroke-width": 3 * pixel,
  }, `${place + 1}${label ? ` ${label.label}` : ""}`);
};

const handles = (sight, area, pixel) => handlesOf(area).flatMap((at, place) => {
  const center = { cx: at.left * sight.width, cy: at.top * sight.height };
  const shown = draw("circle", { ...center, r: (at.isCorner ? CORNER : EDGE) * pixel, class: at.isCorner ? "handle" : "handle edge" });
  return [shown, draw("circle", { ...center, r: REACH * pixel, class: "reach", "data-handle": place })];
});

const paintDraft = (board, pixel) => {
  const { sight, draft } = board;
  const places = draft.to ? [...draft.points, draft.to] : draft.points;
  const group = draw("g", { class: `area draft c${shadeOf(board, board.label)}` });
  const [first, last] = [places[0], places[places.length - 1]];
  for (const name of ["halo", "line"]) {
    group.append(draft.shape === "rectangle"
      ? draw("polygon", { points: [first, { left: last.left, top: first.top }, last, { left: first.left, top: last.top }].map((at) => pixels(sight, at)).join(" "), class: name })
      : draw("polyline", { points: places.map((at) => pixels(sight, at)).join(" "), class: name }));
  }
  const dot = (at, place) => draw("circle", { cx: at.left * sight.width, cy: at.top * sight.height, r: (place === 0 ? CORNER + 2 : EDGE) * pixel, class: place === 0 ? "handle first" : "handle" });
  group.append(...draft.points.map(dot));
  return group;
};

const paintCursor = (sight, at) => {
  const [x, y] = [at.left * sight.width, at.top * sight.height];
  const lines = [[0, y, sight.width, y], [x, 0, x, sight.height]];
  return draw("g", { class: "cursor" }, ...["halo", "line"].flatMap((name) => lines.map(([x1, y1, x2, y2]) => draw("line", { x1, y1, x2, y2, class: name }))));
};

// Whether a place is so near that it is taken for another one.
export const isNear = (sight, one, other) => Math.hypot((one.left - other.left) * sight.width, (one.top - other.top) * sight.height) * sight.scale <= NEAR;

export const isTiny = (sight, area) => {
  const box = around(area);
  return Math.min(box.width * sight.width, box.height * sight.height) * sight.scale < 4;
};
