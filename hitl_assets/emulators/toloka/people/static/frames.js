// What stands around a picture that is drawn in: tools, what to do next, and a list of the areas.
import { button, draw, labelButtons, make, row, settle, told } from "./making.js";
import { inWords, nameOf } from "./outlines.js";
import { paint } from "./painting.js";
import { listen } from "./pointing.js";
import { Sight } from "./sights.js";

export const CLOSER = 1.5;
const ASKS = {
  select: "Choose an area to change it.",
  rectangle: "Drag a box, or click two of its corners.",
  polygon: "Click along the edge, and on the first point again at the end.",
  point: "Click on the place.",
};
const KEYS = [
  ["Arrows", "move the chosen area; with Shift its size. Nothing chosen: they move a cross to draw with"],
  ["Enter", "sets a corner or a point at the cross; closes an outline"],
  ["Esc", "gives up what is begun; then nothing is chosen"],
  ["Delete", "removes the chosen area, or the last point"],
  ["Ctrl Z, Ctrl Y", "undo, redo"],
  ["+ − Home", "closer, farther, the whole picture; with the mouse the wheel, or Space and drag"],
];

const tool = (text, press, more = {}) => button(
  [make("span", {}, text), told(more["data-key"])].filter(Boolean), press, { class: "tool", ...more },
);

export class Frame {
  constructor(board) {
    const { options } = board;
    const { keys } = options;
    Object.assign(this, { board, options });
    const modes = options.isFixed ? [] : ["select", ...options.shapes];
    this.modes = modes.map((mode) => tool(
      mode === "select" ? "Select" : nameOf(mode), () => board.setMode(mode), { "data-key": keys[mode], "data-mode": mode },
    ));
    this.labels = options.isFixed ? [] : labelButtons(options.labels, (value) => board.setLabel(value));
    this.finisher = tool("Finish", () => board.close(), { "data-key": options.confirm });
    this.canceler = tool("Cancel", () => board.cancel(), { "data-key": options.cancel });
    this.undoer = tool("Undo", () => board.step("undo"));
    this.redoer = tool("Redo", () => board.step("redo"));
    this.remover = tool("Delete", () => board.remove());
    this.changes = options.isFixed ? [] : [this.undoer, this.redoer, this.remover, this.finisher, this.canceler];
    this.views = [
      tool("+", () => board.zoom(CLOSER), { "aria-label": "Closer" }), tool("−", () => board.zoom(1 / CLOSER), { "aria-label": "Farther" }),
      tool("Fit", () => board.zoom(0), { "aria-label": "Whole picture" }),
    ];
    this.layer = draw("g");
    this.image = draw("image", { href: options.picture, preserveAspectRatio: "none" });
    this.svg = draw("svg", {
      tabindex: "0", role: "application", "aria-label": options.isFixed ? "Picture with areas" : "Picture to draw in",
    }, this.image, this.layer);
    this.stage = make("div", { class: "stage" }, this.svg);
    this.status = make("p", { class: "hint", role: "status" });
    this.list = make("ol", { class: "chips", "aria-label": "Areas" });
    settle(board.root, this.whole());
    this.load();
  }

  whole() {
    const { board } = this;
    const keys = KEYS.flatMap(([key, text]) => [make("dt", {}, key), make("dd", {}, text)]);
    return make(
      "div", { class: "board", "data-made": true, keydown: (event) => board.press(event), keyup: (event) => board.release(event) },
      row("Tools", this.modes), row("Labels", this.labels), this.stage, this.status,
      // What comes and goes is below the picture, which stays where it is.
      make("div", { class: "tools" }, row("View", this.views), row("Changes", this.changes)), this.list,
      this.options.isFixed ? null : make("details", { class: "keys" }, make("summary", {}, "Keys"), make("dl", {}, ...keys)),
    );
  }

  load() {
    const picture = new Image();
    picture.addEventListener("load", () => this.show(picture.naturalWidth || 1000, picture.naturalHeight || 1000));
    picture.addEventListener("error", () => {
      this.stage.hidden = true;
      this.board.say("The picture cannot be loaded, so nothing can be drawn in it.");
    });
    picture.referrerPolicy = "no-referrer";
    picture.src = this.options.picture;
  }

  show(width, height) {
    const { ratio, isFull, least } = this.options;
    this.image.setAttribute("width", width);
    this.image.setAttribute("height", height);
    if (isFull) this.stage.classList.add("full");
    else this.stage.style.setProperty("--ratio", ratio || width / height);
    if (least) this.stage.style.minWidth = `min(100%, ${least}px)`;
    this.board.sight = new Sight(this.svg, width, height);
    listen(this.board);
    new ResizeObserver(() => paint(this.board)).observe(this.svg);
    this.board.render();
  }

  render() {
    const { board, options } = this;
    const { draft, selected } = board;
    paint(board);
    for (const one of this.modes) one.setAttribute("aria-pressed", String(one.dataset.mode === board.mode));
    const label = selected === null ? board.label : board.areas[selected].label;
    this.labels.forEach((one, place) => one.setAttribute("aria-pressed", String(options.labels[place].value === label)));
    this.svg.classList.toggle("drawing", board.mode !== "select");
    // What can only be looked at does not keep fingers from scrolling the page.
    this.svg.classList.toggle("still", options.isFixed && (!board.sight || board.sight.zoom === 1));
    this.status.textContent = board.said || this.describe();
    this.renderList();
    this.finisher.hidden = !draft || draft.shape !== "polygon";
    this.canceler.hidden = !draft;
    this.undoer.disabled = !draft && !board.history.past.length;
    this.redoer.disabled = Boolean(draft) || !board.history.future.length;
    this.remover.disabled = !draft && selected === null;
  }

  describe() {
    const { draft, selected, sight, mode, areas } = this.board;
    if (!sight) return "The picture is being loaded.";
    if (draft && draft.shape === "rectangle") return "Now the opposite corner.";
    const count = draft ? draft.points.length : 0;
    if (draft) return `${count} ${count === 1 ? "point" : "points"}. Close the outline on its first point, or with Finish.`;
    if (selected !== null) return `${this.nameAt(selected)}: ${inWords(areas[selected])}.`;
    return this.options.isFixed ? "" : ASKS[mode];
  }

  nameAt(place) {
    const area = this.board.areas[place];
    const label = this.options.labels.find((one) => one.value === area.label);
    return `${nameOf(area.shape)} ${place + 1}${label ? `, ${label.label}` : ""}`;
  }

  renderList() {
    const { board, list } = this;
    const had = [...list.children].findIndex((item) => item.contains(document.activeElement));
    list.replaceChildren(...board.areas.map((_, place) => make("li", {}, button(
      this.nameAt(place), () => board.select(place === board.selected ? null : place), { class: "tool", "aria-pressed": String(place === board.selected) },
    ))));
    if (had < 0) return;
    // Whoever was in the list stays there.
    const next = list.children[Math.min(had, board.areas.length - 1)];
    (next ? next.firstChild : this.svg).focus({ preventScroll: true });
  }
}
