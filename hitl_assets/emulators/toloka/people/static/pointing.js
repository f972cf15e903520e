// Mouse, pen and fingers on a picture: drawing, moving, reshaping, and two fingers to zoom.
import { boxOf, grasped, moved, placeOf, reshaped } from "./outlines.js";

// So far a pointer may slip, in pixels of the screen, and it still was a click; and so soon two are a double one.
const [SLIP, SOON] = [4, 400];

export const listen = (board) => {
  const pointers = new Map();
  let [drag, pinch] = [null, null];
  let clicked = { x: 0, y: 0, at: -Infinity };
  const { svg } = board;

  const at = (event) => {
    const { x, y } = board.sight.find(event.clientX, event.clientY);
    return placeOf(x / board.sight.width, y / board.sight.height);
  };

  const begin = (event) => {
    const hold = event.target.dataset.handle;
    const on = event.target.closest("[data-area]");
    const area = on ? Number(on.dataset.area) : null;
    const start = { x: event.clientX, y: event.clientY, place: at(event), area, hasMoved: false };
    if (event.button === 1 || board.isPanning) return { ...start, kind: "pan" };
    if (hold !== undefined && !board.draft) return { ...start, kind: "reshape", ...grasped(board.areas[board.selected], Number(hold)) };
    const isChosen = area !== null && area === board.selected && !board.draft && !board.options.isFixed;
    if (isChosen) return { ...start, kind: "move", before: board.areas[area] };
    if (board.mode !== "select") return { ...start, kind: board.mode === "rectangle" ? "box" : "click" };
    if (area === null) return { ...start, kind: "pan" };
    board.select(area);
    return { ...start, kind: board.options.isFixed ? "pan" : "move", before: board.areas[area] };
  };

  const follow = (event) => {
    const to = at(event);
    const { before, place } = drag;
    if (drag.kind === "pan") board.sight.pan(event.clientX - drag.last.x, event.clientY - drag.last.y);
    else if (drag.kind === "move") board.change(moved(before, to.left - place.left, to.top - place.top));
    else if (drag.kind === "reshape") board.change(reshaped(before, drag.handle, to));
    else if (drag.kind === "box") board.sketch(place, to);
    board.paint();
  };

  const isSecond = (event) => {
    const before = clicked;
    clicked = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    return clicked.at - before.at < SOON && Math.hypot(clicked.x - before.x, clicked.y - before.y) < 2 * SLIP;
  };

  // Closes what is drawn, and takes a corner away.
  const double = () => {
    if (board.draft) board.close();
    else if (drag.kind === "reshape" && drag.before === board.areas[board.selected]) board.removeCorner(drag.handle);
  };

  const end = (event) => {
    const { kind, hasMoved, place, area } = drag;
    // The chosen area can be moved with any tool; a click on it is one of the tool.
    const isPoint = kind === "move" && !hasMoved && (board.mode === "polygon" || board.mode === "point");
    // What was under the first click may be drawn anew by the second: browsers see no double one then.
    if (!hasMoved && isSecond(event)) double();
    else if (kind === "box" && hasMoved) board.finish(boxOf(place, at(event)));
    else if (kind === "box" && area !== null && !board.draft) board.select(area);
    else if (kind === "box" || kind === "click" || isPoint) board.place(at(event));
    else if (kind === "pan" && !hasMoved && event.button !== 1) board.select(null);
    else board.commit();
  };

  svg.addEventListener("pointerdown", (event) => {
    if (!board.sight || (event.button !== 0 && event.button !== 1)) return;
    event.preventDefault();
    svg.focus({ preventScroll: true });
    board.cursor = null;
    pointers.set(event.pointerId, event);
    svg.setPointerCapture(event.pointerId);
    if (pointers.size === 1) {
      drag = begin(event);
      drag.last = { x: event.clientX, y: event.clientY };
    } else if (pointers.size === 2) {
      drag = null;
      board.revert();
      pinch = span();
    }
  });

  // The middle between two fingers, and how far they are apart.
  const span = () => {
    const [one, other] = [...pointers.values()];
    return {
      x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2,
      reach: Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)),
    };
  };

  svg.addEventListener("pointermove", (event) => {
    if (!board.sight) return;
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, event);
    if (pinch && pointers.size === 2) {
      const now = span();
      board.sight.zoomAt(now.reach / pinch.reach, now.x, now.y);
      board.sight.pan(now.x - pinch.x, now.y - pinch.y);
      pinch = now;
      board.paint();
    } else if (drag) {
      drag.hasMoved = drag.hasMoved || Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLIP;
      if (drag.hasMoved) follow(event);
      drag.last = { x: event.clientX, y: event.clientY };
    } else if (board.draft && event.pointerType === "mouse") {
      board.draft.to = at(event);
      board.paint();
    }
  });

  const leave = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (drag && event.type === "pointerup") end(event);
    else if (drag) board.revert();
    drag = null;
    pinch = null;
    board.render();
  };
  svg.addEventListener("pointerup", leave);
  svg.addEventListener("pointercancel", leave);

  // A finger that rests on the picture is about to draw.
  svg.addEventListener("contextmenu", (event) => { if (event.pointerType === "touch") event.preventDefault(); });

  svg.addEventListener("wheel", (event) => {
    const isAsked = event.ctrlKey || document.activeElement === svg;
    // All of it is seen: whoever goes on turning wants to see more of the page.
    if (!board.sight || !isAsked || (event.deltaY > 0 && board.sight.zoom === 1)) return;
    event.preventDefault();
    board.sight.zoomAt(Math.exp(-event.deltaY * 0.002), event.clientX, event.clientY);
    board.render();
  }, { passive: false });
};
