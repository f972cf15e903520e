// A field to mark pieces of a text. Its value is in a hidden control: offsets and lengths as JavaScript counts.
import { History, SHADES, button, historyKey, labelButtons, make, readList, row, settle, told, writeList } from "./making.js";
import { cut, edgeOf, merged, readSpans, wholeWords, within } from "./pieces.js";
import { covers, placeAt, pointAt, selected } from "./places.js";

const ASKS = "Select a piece of the text, then choose its label. Or choose a label first: then each piece that you select gets it.";
const KEYS = [
  ["← →", "choose a word; with Shift more or fewer; with Ctrl by the character"],
  ["Enter", "marks what is chosen with the pressed label"],
  ["Delete", "takes marks off what is chosen"],
  ["Ctrl Z, Ctrl Y", "undo, redo"],
];

class Passage {
  constructor(root) {
    this.options = JSON.parse(root.dataset.spans);
    this.root = root;
    this.input = root.querySelector("[data-value]");
    this.history = new History(this.read());
    this.label = this.options.labels.length === 1 ? this.options.labels[0].value : null;
    // What is chosen, and where it ended last.
    this.chosen = null;
    this.at = 0;
    this.build();
    this.render();
    this.input.addEventListener("change", () => { if (this.history.keep(this.read())) this.render(); });
  }

  get content() { return this.options.content; }
  get spans() { return this.history.value; }
  read() { return readSpans(readList(this.input), this.content.length); }

  keep(spans) {
    const { chosen } = this;
    if (this.history.keep(spans)) writeList(this.input, spans);
    this.render();
    if (chosen) this.choose(chosen.from, chosen.to);
  }

  step(way) {
    if (!this.history[way]()) return;
    writeList(this.input, this.spans);
    this.render();
  }

  // Mark what is chosen.
  mark(label) {
    if (!this.chosen) return;
    const { from, to } = this.chosen;
    if (from < to) this.keep(merged(this.spans, { label, offset: from, length: to - from }));
  }

  remove() {
    if (this.chosen) this.keep(cut(this.spans, this.chosen.from, this.chosen.to));
  }

  // With something chosen a label is for that; without, for all that is selected from now on.
  press(value) {
    if (this.chosen) {
      this.mark(value);
      this.unchoose();
    } else {
      this.label = this.label === value ? null : value;
      this.render();
    }
  }

  // The selection of the browser is what is chosen

  choose(from, to) {
    this.chosen = { from, to };
    this.at = to;
    getSelection().setBaseAndExtent(...pointAt(this.text, from), ...pointAt(this.text, to));
    this.tell();
  }

  unchoose() {
    this.chosen = null;
    const selection = getSelection();
    if (selection.anchorNode && this.text.contains(selection.anchorNode)) selection.removeAllRanges();
    this.tell();
  }

  // A pointer has selected something, or has pressed a word or a mark.
  point(event) {
    const found = selected(this.text);
    if (!found || found.from === found.to) this.tap(event);
    else {
      const piece = this.adjusted(found);
      // Fingers select in several moves: what they have selected is marked by pressing a label.
      if (piece && this.label !== null && event.pointerType !== "touch") {
        this.choose(piece.from, piece.to);
        this.mark(this.label);
        this.unchoose();
      }
    }
  }

  tap(event) {
    const place = placeAt(this.text, event);
    const on = this.spans.find((span) => within(span, place));
    const word = wholeWords(this.content, place, place);
    if (on) this.choose(on.offset, on.offset + on.length);
    else if (word && covers(this.text, word, event)) {
      this.choose(word.from, word.to);
      if (this.label === null) return;
      this.mark(this.label);
      this.unchoose();
    } else this.unchoose();
  }

  adjusted({ from, to }) { return (this.options.isOfWords ? wholeWords : edgeOf)(this.content, from, to); }

  // Keys

  use(event) {
    const way = historyKey(event);
    if (way) this.step(way);
    else if (event.target !== this.text || event.altKey || event.metaKey) return;
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.walk(event.key === "ArrowRight", event.shiftKey, event.ctrlKey && !this.options.isOfWords);
    else if (event.ctrlKey) return;
    else if (event.key === "Enter" && this.chosen && this.label !== null) this.mark(this.label);
    else if (event.key === "Enter" && this.chosen) this.say("Press the key or the button of a label.");
    else if (event.key === "Escape" && this.chosen) this.unchoose();
    else if (event.key === "Delete" || event.key === "Backspace") this.remove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // To the next word, or the end of what is chosen by a word, or both by a character.
  walk(isOn, isStretch, isFine) {
    const { from, to } = this.chosen || { from: this.at, to: this.at };
    const [starts, ends] = isFine ? this.characters : this.words;
    const next = (places, place) => places.find((one) => one > place);
    const last = (places, place) => places.filter((one) => one < place).pop();
    let piece = null;
    if (isStretch) piece = { from, to: isOn ? next(ends, to) : last(ends, to) };
    else {
      const begin = isOn ? next(starts, this.chosen ? from : from - 1) : last(starts, from);
      piece = { from: begin, to: next(ends, begin) };
    }
    if (piece.from !== undefined && piece.to !== undefined && piece.from < piece.to) this.choose(piece.from, piece.to);
  }

  get words() {
    const found = [...this.content.matchAll(/[\p{L}\p{N}]+|[^\p{L}\p{N}\s]/gu)];
    return [found.map((one) => one.index), found.map((one) => one.index + one[0].length)];
  }

  get characters() {
    const found = [...this.content.matchAll(/./gsu)];
    return [found.map((one) => one.index), found.map((one) => one.index + one[0].length)];
  }

  // What is seen

  build() {
    const { options } = this;
    const tool = (text, press, key) => button([make("span", {}, text), told(key)].filter(Boolean), press, { class: "tool", "data-key": key });
    this.labels = options.isFixed ? [] : labelButtons(options.labels, (value) => this.press(value));
    this.remover = tool("Remove mark", () => { this.remove(); this.unchoose(); }, options.remove);
    this.undoer = tool("Undo", () => this.step("undo"));
    this.redoer = tool("Redo", () => this.step("redo"));
    this.text = make("div", {
      class: "passage text", tabindex: 0, dir: "auto", role: "group", "aria-label": "Text to mark", "aria-roledescription": "text with marks",
    });
    this.status = make("p", { class: "hint", role: "status" });
    const keys = make("details", { class: "keys" }, make("summary", {}, "Keys"), make("dl", {}, ...KEYS.flatMap(([key, text]) => [make("dt", {}, key), make("dd", {}, text)])));
    settle(this.root, make(
      "div", { class: "board", "data-made": true },
      row("Labels", this.labels), this.text,
      ...(options.isFixed ? [] : [this.status, row("Changes", [this.remover, this.undoer, this.redoer]), keys]),
    ));
    if (!options.isFixed) this.listen();
  }

  listen() {
    this.root.addEventListener("keydown", (event) => this.use(event));
    this.text.addEventListener("pointerdown", (event) => { this.isPointing = event.button === 0; });
    document.addEventListener("pointerup", (event) => {
      // The selection is settled only after the event.
      if (this.isPointing) setTimeout(() => this.point(event));
      this.isPointing = false;
    });
    document.addEventListener("pointercancel", () => { this.isPointing = false; });
    document.addEventListener("selectionchange", () => {
      if (!this.root.isConnected) return;
      const found = selected(this.text);
      if (found && found.from < found.to) this.chosen = this.adjusted(found);
      // Whoever goes elsewhere has nothing chosen here; a button that is pressed on a phone is not elsewhere.
      else if (!found && getSelection().rangeCount && !this.root.contains(getSelection().anchorNode)) this.chosen = null;
      this.tell();
    });
  }

  say(text) { this.status.textContent = text; }

  tell() {
    if (this.options.isFixed) return;
    const { chosen } = this;
    this.remover.disabled = !chosen || !this.spans.some((span) => span.offset < chosen.to && span.offset + span.length > chosen.from);
    this.undoer.disabled = !this.history.past.length;
    this.redoer.disabled = !this.history.future.length;
    const on = chosen && this.spans.find((span) => span.offset === chosen.from && span.length === chosen.to - chosen.from);
    const piece = chosen ? `“${this.content.slice(chosen.from, chosen.to)}”` : "";
    this.say(on ? `${piece} is marked: ${this.nameOf(on.label)}.` : chosen ? `${piece} is chosen.` : ASKS);
  }

  nameOf(label) {
    const found = this.options.labels.find((one) => one.value === label);
    return found ? found.label : label;
  }

  render() {
    const { content, spans } = this;
    const pieces = [];
    let at = 0;
    for (const span of spans) {
      const place = Math.max(0, this.options.labels.findIndex((one) => one.value === span.label));
      const end = span.offset + span.length;
      pieces.push(content.slice(at, span.offset), make("mark", { class: `c${place % SHADES}`, "data-label": this.nameOf(span.label), title: this.nameOf(span.label) }, content.slice(span.offset, end)));
      at = end;
    }
    this.text.replaceChildren(...pieces, content.slice(at));
    this.labels.forEach((one, place) => one.setAttribute("aria-pressed", String(this.options.labels[place].value === this.label)));
    this.tell();
  }
}

// Make a field usable, once.
export const start = (root) => { if (!root.querySelector("[data-made]")) new Passage(root); };
