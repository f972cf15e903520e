// Elements of the page, and what was done to an answer: for whatever is drawn or marked.
const SVG = "http://www.w3.org/2000/svg";

const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined && value !== "") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};

// An element with attributes; functions listen to the event of their name.
export const make = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
export const draw = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

// A button that leaves focus and selection where they are when it is pressed with a pointer.
export const button = (text, press, attributes = {}) => make(
  "button", { type: "button", click: press, pointerdown: (event) => event.preventDefault(), mousedown: (event) => event.preventDefault(), ...attributes },
  ...(typeof text === "string" ? [text] : text),
);

// A key that is told to people; screen readers say it by itself.
export const told = (key) => (key ? make("kbd", { "aria-hidden": "true" }, key) : null);

export const SHADES = 8;

// One button for each label, with its color and its key.
export const labelButtons = (labels, press) => labels.map((label, place) => button(
  [make("span", { class: `swatch c${place % SHADES}`, "aria-hidden": "true" }), make("bdi", {}, label.label), told(label.key)].filter(Boolean),
  () => press(label.value), { "data-key": label.key, "aria-pressed": "false", class: "tool" },
));

// Some tools under a name, null if there are none.
export const row = (name, tools) => (tools.length ? make("div", { class: "tools", role: "toolbar", "aria-label": name }, ...tools) : null);

// What was done, to be undone. Values are compared as JSON.
export class History {
  constructor(value) {
    this.past = [];
    this.future = [];
    this.text = JSON.stringify(value);
  }

  // Whether the value is another one than before.
  keep(value) {
    const text = JSON.stringify(value);
    if (text === this.text) return false;
    this.past.push(this.text);
    this.future = [];
    this.text = text;
    return true;
  }

  get value() { return JSON.parse(this.text); }
  undo() { return this.step(this.past, this.future); }
  redo() { return this.step(this.future, this.past); }

  step(from, to) {
    if (!from.length) return false;
    to.push(this.text);
    this.text = from.pop();
    return true;
  }
}

// Which of both a key asks for: Ctrl+Z, and Ctrl+Shift+Z or Ctrl+Y.
export const historyKey = (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  return key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : null;
};

// The list in a hidden control; what is no list is none.
export const readList = (input) => {
  try {
    const value = JSON.parse(input.value || "[]");
    return Array.isArray(value) ? value : [];
  } catch { return []; }
};

// Nothing is an empty control, as in the real interface, and the page is told of the change.
export const writeList = (input, list) => {
  input.value = list.length ? JSON.stringify(list) : "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

// Put what was made into a field, for what is there without scripts.
export const settle = (root, made) => {
  for (const plain of root.querySelectorAll("[data-plain]")) plain.remove();
  root.append(made);
};
