// A field to draw areas in a picture: what can be done, by whichever means. Its value is in a hidden control.
import { CLOSER, Frame } from "./frames.js";
import { History, historyKey, readList, writeList } from "./making.js";
import { crosses, moved, placeOf, readAreas, stretched } from "./outlines.js";
import { isNear, isTiny, paint } from "./painting.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// By which share of what is seen an arrow moves an area, and the cross with which keys draw.
const [STEP, STRIDE] = [0.01, 0.02];

class Board {
  constructor(root) {
    this.options = JSON.parse(root.dataset.areas);
    this.root = root;
    this.input = root.querySelector("[data-value]");
    this.history = new History(this.read());
    this.areas = this.history.value;
    this.mode = this.areas.length || this.options.isFixed ? "select" : this.options.shapes[0];
    this.label = this.options.labels.length ? this.options.labels[0].value : null;
    Object.assign(this, { selected: null, draft: null, cursor: null, sight: null, said: "", isPanning: false });
    this.frame = new Frame(this);
    this.render();
    if (!this.options.isFixed) root.closest("form").addEventListener("submit", (event) => this.hold(event), true);
    this.input.addEventListener("change", () => {
      // Something else on the page set it.
      if (this.history.keep(this.read())) this.revert();
      this.render();
    });
  }

  read() { return readAreas(readList(this.input), this.options.shapes); }

  // What is drawn

  change(area) { this.areas[this.selected] = area; }

  // Drop what was not kept.
  revert() {
    this.areas = this.history.value;
    if (this.selected !== null && this.selected >= this.areas.length) this.selected = null;
    if (this.draft && this.draft.shape === "rectangle") this.draft = null;
  }

  commit() {
    this.said = "";
    if (this.history.keep(this.areas)) writeList(this.input, this.areas);
    this.render();
  }

  select(place) {
    Object.assign(this, { selected: place, draft: null, cursor: null, said: "" });
    this.render();
  }

  remove() {
    if (this.draft) this.back();
    else if (this.selected !== null) {
      this.areas.splice(this.selected, 1);
      this.selected = null;
      this.commit();
    }
  }

  removeCorner(place) {
    const area = this.areas[this.selected];
    if (area.shape !== "polygon" || place >= area.points.length || area.points.length < 4) return;
    this.change({ ...area, points: area.points.filter((_, other) => other !== place) });
    this.commit();
  }

  step(way) {
    if (way === "undo" && this.draft) { this.back(); return; }
    if (!this.history[way]()) return;
    this.selected = null;
    this.revert();
    writeList(this.input, this.areas);
    this.render();
  }

  // Drawing

  sketch(from, to) { this.draft = { shape: "rectangle", points: [from], to }; }

  // One click, or Enter at the cross.
  place(at) {
    this.said = "";
    if (this.mode === "point") { this.finish({ shape: "point", ...at }); return; }
    if (!this.draft) this.draft = { shape: this.mode, points: [at], to: null };
    else if (this.mode === "rectangle") { this.finish(this.boxTo(at)); return; } else {
      const { points } = this.draft;
      if (points.length > 2 && isNear(this.sight, at, points[0])) { this.close(); return; }
      const last = points[points.length - 1];
      if (at.left !== last.left || at.top !== last.top) points.push(at);
    }
    this.selected = null;
    this.render();
  }

  boxTo(at) {
    const [from] = this.draft.points;
    return {
      shape: "rectangle", left: Math.min(from.left, at.left), top: Math.min(from.top, at.top),
      width: Math.abs(from.left - at.left), height: Math.abs(from.top - at.top),
    };
  }

  // Make an outline of the points so far.
  close() {
    if (!this.draft || this.draft.shape !== "polygon") return;
    const { points } = this.draft;
    if (points.length < 3) this.say("An outline needs at least three points.");
    else if (crosses(points)) this.say("This outline crosses itself. Take points back with Undo.");
    else this.finish({ shape: "polygon", points });
  }

  finish(area) {
    this.draft = null;
    if (area.shape === "rectangle" && isTiny(this.sight, area)) { this.say("This box is too small. Come closer to draw it."); return; }
    this.areas.push(this.label === null ? area : { ...area, label: this.label });
    this.selected = this.areas.length - 1;
    this.cursor = null;
    this.commit();
  }

  // One point less.
  back() {
    this.draft.points.pop();
    if (!this.draft.points.length) this.draft = null;
    this.render();
  }

  cancel() {
    if (this.draft) this.draft = null;
    else Object.assign(this, { selected: null, cursor: null });
    this.said = "";
    this.render();
  }

  setMode(mode) {
    // Pressed once more, a tool is put away.
    Object.assign(this, { mode: mode === this.mode ? "select" : mode, draft: null, cursor: null, said: "" });
    this.render();
  }

  setLabel(value) {
    this.label = value;
    if (this.selected === null) this.render();
    else {
      this.change({ ...this.areas[this.selected], label: value });
      this.commit();
    }
  }

  zoom(factor) {
    if (!this.sight) return;
    if (factor) this.sight.zoomIn(factor);
    else this.sight.fit();
    this.render();
  }

  // Keys

  press(event) {
    const way = historyKey(event);
    if (way && !this.options.isFixed) this.step(way);
    else if (event.ctrlKey || event.metaKey || event.altKey || !this.sight || event.target.closest(".tools") || !this.use(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Whether the key means something now.
  use(event) {
    const { key } = event;
    const [isFixed, isOnStage] = [this.options.isFixed, event.target === this.svg];
    if (ARROWS[key]) return this.steer(...ARROWS[key], event.shiftKey);
    if (key === "+" || key === "=") this.zoom(CLOSER);
    else if (key === "-") this.zoom(1 / CLOSER);
    else if (key === "Home") this.zoom(0);
    else if (key === "Escape" && (this.draft || this.cursor || this.selected !== null)) this.cancel();
    else if (key === " " && isOnStage) this.isPanning = true;
    else if (isFixed) return false;
    else if (key === "Delete" || key === "Backspace") this.remove();
    else if (key === "Enter" && isOnStage && (this.draft || this.cursor)) this.enter();
    else return false;
    return true;
  }

  enter() {
    const { draft, cursor } = this;
    const last = draft && draft.points[draft.points.length - 1];
    const isThere = Boolean(cursor && last) && cursor.left === last.left && cursor.top === last.top;
    if (draft && draft.shape === "polygon" && (!cursor || isThere)) this.close();
    else if (cursor) this.place(cursor);
  }

  steer(right, down, isStretch) {
    const { sight } = this;
    if (this.selected !== null && !this.options.isFixed) {
      const [x, y] = [(right * STEP) / sight.zoom, (down * STEP) / sight.zoom];
      const area = this.areas[this.selected];
      this.change(isStretch ? stretched(area, x, y, { left: STEP / sight.zoom, top: STEP / sight.zoom }) : moved(area, x, y));
      this.commit();
    } else if (this.mode !== "select") this.moveCursor((right * STRIDE) / sight.zoom, (down * STRIDE) / sight.zoom);
    else if (sight.zoom > 1) {
      sight.set(sight.left + (right * sight.width) / sight.zoom / 10, sight.top + (down * sight.height) / sight.zoom / 10, sight.zoom);
      this.render();
    } else return false;
    return true;
  }

  moveCursor(right, down) {
    const { sight, cursor } = this;
    const middle = { left: (sight.left + sight.width / sight.zoom / 2) / sight.width, top: (sight.top + sight.height / sight.zoom / 2) / sight.height };
    this.cursor = cursor ? placeOf(cursor.left + right, cursor.top + down) : placeOf(middle.left, middle.top);
    if (this.draft) this.draft.to = this.cursor;
    sight.show(this.cursor);
    this.render();
  }

  release(event) {
    if (event.key === " ") this.isPanning = false;
  }

  // What is seen

  get svg() { return this.frame.svg; }
  get layer() { return this.frame.layer; }
  paint() { paint(this); }
  render() { this.frame.render(); }

  say(text) {
    this.said = text;
    this.render();
  }

  // An outline that is not closed would be lost.
  hold(event) {
    if (!this.root.isConnected || !this.draft || this.draft.shape !== "polygon") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.svg.focus();
    this.say("Not handed in: this outline is not closed. Finish or cancel it.");
  }
}

// Make a field usable, once.
export const start = (root) => { if (!root.querySelector("[data-made]")) new Board(root); };
