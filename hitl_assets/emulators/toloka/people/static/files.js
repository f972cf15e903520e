// A field for files: each is sent when it is chosen, and its id is the answer, in a hidden control.
import { button, make, settle } from "./making.js";

const read = (input, fallback) => {
  try { return JSON.parse(input.value || fallback) ?? JSON.parse(fallback); } catch { return JSON.parse(fallback); }
};

// For a form: letters that need not be written otherwise there.
const encoded = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1).replaceAll("+", "-").replaceAll("/", "_")));
  reader.addEventListener("error", () => reject(reader.error));
  reader.readAsDataURL(file);
});

class Files {
  constructor(root) {
    this.root = root;
    this.options = JSON.parse(root.dataset.files);
    this.input = root.querySelector("[data-value]");
    this.named = root.querySelector("[data-names]");
    this.form = root.closest("form");
    this.sending = 0;
    this.list = make("ol", { class: "chips", "aria-label": "Files" });
    this.status = make("p", { class: "hint", role: "status" });
    const { isFixed, pickers } = this.options;
    settle(root, make("div", { class: "board", "data-made": true }, isFixed ? null : make("div", { class: "tools" }, ...pickers.map((one) => this.picker(one))), this.list, this.status));
    this.form.addEventListener("submit", (event) => this.hold(event), true);
    this.render();
  }

  get ids() {
    const value = read(this.input, "null");
    return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
  }

  set ids(ids) {
    const value = this.options.isMany ? ids : ids[0];
    this.input.value = ids.length ? JSON.stringify(value) : "";
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.render();
  }

  picker({ label, accept, captures }) {
    const chosen = make("input", {
      type: "file", accept, capture: captures ? "environment" : null, multiple: this.options.isMany && !captures,
      change: () => { this.send([...chosen.files]); chosen.value = ""; },
    });
    return make("label", { class: "picker" }, make("span", {}, label), chosen);
  }

  async send(files) {
    for (const file of files) {
      this.say(`${file.name} is being sent.`, 1);
      const [id, trouble] = await this.keep(file).catch(() => [null, "It could not be sent. Try again."]);
      this.say(trouble ? `${file.name}: ${trouble}` : "", -1);
      if (id === null) continue;
      this.named.value = JSON.stringify({ ...read(this.named, "{}"), [id]: file.name });
      this.ids = this.options.isMany ? [...this.ids, id] : [id];
    }
  }

  // The file's id, or null and why it has none.
  async keep(file) {
    if (file.size > this.options.largest) return [null, `It is larger than ${Math.floor(this.options.largest / 1048576)} MB.`];
    const token = this.form.querySelector("[name=form_token]");
    if (!token) return [`preview ${file.name}`, "A preview keeps no files."];
    const body = new URLSearchParams({ form_token: token.value, name: file.name, type: file.type, content: await encoded(file) });
    const answer = await fetch(`${this.form.getAttribute("action")}/file`, { method: "POST", body });
    const text = await answer.text();
    return answer.ok ? [text, ""] : [null, new DOMParser().parseFromString(text, "text/html").querySelector(".note")?.textContent || "It was not taken."];
  }

  // What is on its way would be lost.
  hold(event) {
    if (!this.root.isConnected || !this.sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  say(text, more = 0) {
    this.sending += more;
    this.status.textContent = text;
  }

  render() {
    const names = read(this.named, "{}");
    this.list.replaceChildren(...this.ids.map((id) => make(
      "li", {}, make("bdi", {}, names[id] || "File"), " ",
      this.options.isFixed ? null : button("Remove", () => { this.ids = this.ids.filter((one) => one !== id); }, { class: "tool", "aria-label": `Remove ${names[id] || "file"}` }),
    )));
  }
}

// Make a field usable, once.
export const start = (root) => { if (!root.querySelector("[data-made]")) new Files(root); };
