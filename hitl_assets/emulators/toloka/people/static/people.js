"use strict";
// What the pages for people do beyond plain forms: shortcuts, fields that come and go with answers, time left.
(() => {
  const suite = document.getElementById("suite");

  const clock = document.getElementById("clock");
  if (clock && clock.dataset.seconds) {
    const end = Date.now() + 1000 * Number(clock.dataset.seconds);
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      const minutes = Math.floor(left / 60);
      clock.textContent = left === 0 ? "Time is over"
        : minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min left`
        : `${minutes}:${String(left % 60).padStart(2, "0")} left`;
      if (left > 0) setTimeout(tick, 1000);
    };
    tick();
  }
  if (!suite) return;

  const tasks = [...suite.querySelectorAll(".task")];
  const isPager = suite.hasAttribute("data-pager") && tasks.length > 1;
  let current = 0;

  // Widths come as data: the page's policy allows no style attributes.
  if (suite.dataset.width) for (const task of tasks) task.style.maxWidth = `${suite.dataset.width}px`;
  const arrange = (root) => {
    for (const columns of root.querySelectorAll("[data-ratio]")) {
      if (!matchMedia("(min-width: 40rem)").matches) continue;
      columns.style.gridTemplateColumns = columns.dataset.ratio.split(" ").map((share) => `minmax(0, ${share}fr)`).join(" ");
    }
  };
  arrange(suite);
  // Fields to draw and to mark in are made usable by modules of their own, where there are some.
  const equip = (root) => {
    for (const name of ["areas", "files", "spans"]) {
      for (const found of root.querySelectorAll(`[data-${name}]`)) import(`./${name}.js`).then(({ start }) => start(found));
    }
  };
  equip(suite);

  const go = (index, focus = true) => {
    if (index < 0 || index >= tasks.length) return;
    current = index;
    tasks.forEach((task, place) => {
      task.classList.toggle("current", place === index);
      if (isPager) task.hidden = place !== index;
    });
    if (focus) {
      tasks[index].focus({ preventScroll: true });
      tasks[index].scrollIntoView({ block: "nearest" });
    }
    if (isPager) pages.textContent = `${index + 1} / ${tasks.length}`;
  };
  let pages = null;
  if (isPager) {
    const button = (text, step) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.addEventListener("click", () => go(current + step));
      return made;
    };
    pages = document.createElement("span");
    document.querySelector(".sticky").prepend(button("Back", -1), pages, button("Next", 1));
  }

  // Fields that depend on answers: the server renders the task again, and what changed is put in place.
  const outermost = (root) => [...root.querySelectorAll("[data-slot]")].filter((slot) => !slot.parentElement.closest("[data-slot]"));
  const shape = (slot) => {
    const copy = slot.cloneNode(true);
    for (const made of copy.querySelectorAll("[data-made], [data-plain]")) made.remove();
    for (const control of copy.querySelectorAll("input, option, textarea")) {
      for (const name of ["value", "checked", "selected"]) if (control.type !== "radio" && control.type !== "checkbox" || name !== "value") control.removeAttribute(name);
      if (control.tagName === "TEXTAREA") control.textContent = "";
    }
    return copy.innerHTML;
  };
  const asked = new Map();
  const refresh = async (task) => {
    const order = (asked.get(task) || 0) + 1;
    asked.set(task, order);
    let answer;
    try {
      answer = await fetch(suite.dataset.draft + task.dataset.task, { method: "POST", body: new URLSearchParams(new FormData(suite)) });
    } catch { return; }
    if (!answer.ok || asked.get(task) !== order) return;
    const fresh = new DOMParser().parseFromString(`<div>${await answer.text()}</div>`, "text/html").body.firstChild;
    const [old, now] = [outermost(task), outermost(fresh)];
    arrange(fresh);
    if (old.length !== now.length) {
      task.querySelector(".content").replaceChildren(...fresh.childNodes);
    } else old.forEach((slot, place) => { if (shape(slot) !== shape(now[place])) slot.replaceWith(now[place]); });
    equip(task);
  };
  const timers = new Map();
  const changed = (task, wait) => {
    if (!task || !task.querySelector("[data-slot]")) return;
    clearTimeout(timers.get(task));
    timers.set(task, setTimeout(() => refresh(task), wait));
  };
  suite.addEventListener("input", (event) => changed(event.target.closest(".task"), event.target.matches("textarea, [type=text]") ? 250 : 0));

  const controls = (task, name) => [...task.querySelectorAll("input, select, textarea")].filter((one) => one.name === name);
  const run = (task, steps) => {
    for (const step of steps) {
      if (step.do === "open") { window.open(step.url, "_blank", "noopener,noreferrer"); continue; }
      for (const one of controls(task, step.name)) {
        if (step.do === "toggle") {
          if (one.type === "checkbox") one.checked = !one.checked;
          else if (one.type === "hidden") one.value = one.value === "true" ? "false" : "true";
        } else if (one.type === "radio") one.checked = one.value === step.value;
        else if (one.type === "checkbox") one.checked = one.value === step.value;
        else if (one.type === "hidden" || one.tagName === "SELECT") one.value = step.value;
        else { const value = JSON.parse(step.value); one.value = typeof value === "string" ? value : step.value; }
        if (one.matches("[data-value]")) one.dispatchEvent(new Event("change"));
      }
    }
    changed(task, 0);
  };

  suite.addEventListener("click", (event) => {
    const task = event.target.closest(".task");
    const acting = event.target.closest("[data-steps]");
    if (acting) run(task, JSON.parse(acting.dataset.steps));
    const rows = event.target.closest("[data-rows]");
    if (rows) {
      const size = controls(task, rows.dataset.rows)[0];
      size.value = Math.max(1, Number(size.value) + Number(rows.dataset.by));
      changed(task, 0);
    }
  });
  for (const type of ["play", "ended"]) suite.addEventListener(type, (event) => {
    const state = controls(suite, event.target.dataset.state || "")[0];
    if (state && state.value !== "fully") state.value = type === "ended" ? "fully" : "played";
    changed(event.target.closest(".task"), 0);
  }, true);
  suite.addEventListener("focusin", (event) => {
    const place = tasks.indexOf(event.target.closest(".task"));
    if (place >= 0 && place !== current) go(place, false);
  });

  // One group of options answers the task: the next one is then at hand.
  const isAnswered = (task) => {
    const names = new Set([...task.querySelectorAll("[type=radio]")].map((one) => one.name));
    const others = task.querySelector("[type=checkbox], select, textarea, [type=text], [type=email], [type=tel], [data-value]");
    return !others && names.size > 0 && [...names].every((name) => controls(task, name).some((one) => one.checked));
  };
  const isWriting = (node) => node.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
  const press = (key) => {
    const task = tasks[current];
    const option = [...task.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key && !one.disabled);
    const steps = JSON.parse(task.dataset.keys)[key];
    if (option && option.matches("button")) {
      option.click();
      return true;
    }
    if (option) {
      option.checked = option.type === "radio" || !option.checked;
      changed(task, 0);
    } else if (steps) run(task, steps);
    else return false;
    if (option && option.type === "radio" && isAnswered(task) && !task.querySelector("[data-slot]") && current + 1 < tasks.length) go(current + 1);
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    if (event.key === "Enter") {
      if (target.matches("textarea, button, a, summary, select, [type=file]") && !(target.matches("textarea") && event.shiftKey)) return;
      event.preventDefault();
      if (isPager && current + 1 < tasks.length) go(current + 1);
      else suite.requestSubmit();
      return;
    }
    if (isWriting(target) || target.matches("audio, video")) return;
    const key = { ArrowUp: "up", ArrowDown: "down" }[event.key] || event.key.toLowerCase();
    if (press(key)) event.preventDefault();
    else if ((key === "up" || key === "down") && !target.matches("[type=radio]")) {
      event.preventDefault();
      go(current + (key === "down" ? 1 : -1));
    }
  });
  // Twice is once; and an answer that is on its way should look like it.
  suite.addEventListener("submit", () => { document.getElementById("submit").setAttribute("aria-busy", "true"); });

  for (const mistake of suite.querySelectorAll("details .mistake")) mistake.closest("details").open = true;
  const trouble = tasks.findIndex((task) => task.querySelector(".mistake"));
  go(trouble >= 0 ? trouble : 0);
})();
