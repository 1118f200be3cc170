// What makes the back office quicker with scripts. Every page works without them.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const language = document.documentElement.lang;

// --- times in the reader's own time zone; without a script they are in UTC -----------------------
function localTimes() {
  const form = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  for (const element of all("time[data-local]")) {
    element.title = element.textContent.trim();
    element.textContent = form.format(new Date(element.dateTime));
  }
}

// --- choosing many ---------------------------------------------------------------------------------
function bulk() {
  const form = one("[data-bulk]");
  const everything = form && one("[data-all]", form);
  if (!everything) return;
  const master = one("input", everything);
  const boxes = all("tbody .pickcol input", form);
  const told = one("[data-chosen]", form);
  const buttons = all("button[name=action]", form);
  everything.hidden = false;
  one("[data-all-plain]", form).hidden = true;
  let last = null;

  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    master.checked = count === boxes.length;
    master.indeterminate = count > 0 && count < boxes.length;
    told.textContent = count === 0 ? "" : count === 1 ? told.dataset.one : told.dataset.many.replace("#", count);
    for (const button of buttons) button.disabled = count === 0;
    for (const box of boxes) box.closest("tr").classList.toggle("chosen", box.checked);
  };
  master.addEventListener("change", () => {
    for (const box of boxes) box.checked = master.checked;
    show();
  });
  boxes.forEach((box, at) => {
    box.addEventListener("click", (event) => {
      // With the shift key everything from the last box to this one.
      if (event.shiftKey && last !== null)
        for (let each = Math.min(last, at); each <= Math.max(last, at); each++) boxes[each].checked = box.checked;
      last = at;
      show();
    });
  });
  show();
}

// --- nothing typed is lost by leaving ------------------------------------------------------------------
function unsaved() {
  const warning = document.body.dataset.leave;
  const dirty = new Set();
  const state = (form) => new URLSearchParams(new FormData(form)).toString();
  for (const form of all("form[data-guard]")) {
    const before = state(form);
    const shown = all("[data-dirty]", form);
    // What was refused is still to be saved.
    const isBegun = form.hasAttribute("data-begins-dirty") || one("[data-trouble]") !== null;
    const look = () => {
      const isDirty = isBegun || state(form) !== before;
      dirty[isDirty ? "add" : "delete"](form);
      for (const each of shown) each.hidden = !isDirty;
    };
    form.addEventListener("input", look);
    form.addEventListener("change", look);
    form.addEventListener("submit", () => dirty.delete(form));
    look();
  }
  addEventListener("beforeunload", (event) => {
    if (!dirty.size) return;
    event.preventDefault();
    event.returnValue = warning;
  });
  // Ctrl or Cmd with S saves.
  addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    const form = document.activeElement.closest("form[data-guard]") || one("form[data-guard]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

// --- the row for all: what is typed there is shown in every row at once ----------------------------------
function matrix() {
  const form = one("[data-matrix]");
  if (!form) return;
  for (const input of all("tr.all input", form)) {
    const ending = input.name.slice("all".length);
    input.addEventListener("input", () => {
      for (const cell of all("tr:not(.all) input", form))
        if (cell.name.startsWith("variants[") && cell.name.endsWith(ending)) cell.value = input.value;
    });
  }
  // Up and down with the arrow keys, as in a spreadsheet.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const cell = event.target.closest("td");
    if (!cell || event.target.tagName !== "INPUT") return;
    const row = cell.parentElement;
    const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
    const input = next && one("input:not([type=hidden])", next.children[cell.cellIndex]);
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

// --- how far an import, or a file that is written, is ------------------------------------------------------
function progress() {
  for (const section of all("[data-progress]")) watch(section);
}

function watch(section) {
  const bar = one("[data-bar]", section);
  const percent = one("[data-percent]", section);
  const number = new Intl.NumberFormat(language);
  const seen = [];
  let pause = 500;
  const ask = async () => {
    try {
      const answer = await fetch(section.dataset.progress, { headers: { accept: "application/json" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error();
      const now = await answer.json();
      // What nobody has counted beforehand has no share.
      if (bar && now.share != null) {
        bar.value = now.share;
        bar.hidden = false;
        if (percent) percent.textContent = Math.round(now.share * 100) + " %";
      }
      for (const figure of all("[data-count]", section)) figure.textContent = number.format(now[figure.dataset.count]);
      rate(section, seen, now);
      if (now.has_ended || now.state !== section.dataset.was) return location.reload();
      pause = 700;
    } catch {
      pause = Math.min(pause * 2, 15000);
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}

// How fast it goes, by the last half minute, and how long it will take at that.
function rate(section, seen, now) {
  const told = one("[data-rate]", section);
  if (!told || now.state !== "running") return;
  seen.push({ at: performance.now(), count: now.product_count, share: now.share });
  while (seen.length > 2 && seen[seen.length - 1].at - seen[0].at > 30000) seen.shift();
  const first = seen[0], last = seen[seen.length - 1];
  const seconds = (last.at - first.at) / 1000;
  // While a file is still being read no product has come of it, and nobody knows how many will.
  if (seconds < 2 || last.share <= first.share || last.count === first.count) return;
  const left = ((1 - last.share) * seconds) / (last.share - first.share);
  const [unit, amount] = left < 90 ? ["second", left] : left < 5400 ? ["minute", left / 60] : ["hour", left / 3600];
  const time = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 });
  const speed = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  told.textContent = told.dataset.words
    .replace("##", time.format(Math.ceil(amount)))
    .replace("#", speed.format((last.count - first.count) / seconds));
  told.hidden = false;
}

// --- fields that only some kinds have ------------------------------------------------------------------------
function kinds() {
  for (const form of all("form[data-by-kind]")) {
    const chosen = one("select[name=kind]", form);
    const show = () => {
      for (const part of all("[data-kinds]", form)) {
        part.hidden = !part.dataset.kinds.split(" ").includes(chosen.value);
        for (const field of all("input, select, textarea", part))
          field.disabled = field.closest("[data-kinds][hidden]") !== null;
      }
    };
    chosen.addEventListener("change", show);
    show();
  }
  // A choice that decides which fields beside it mean something.
  for (const chosen of all("select[data-decides]")) {
    const show = () => {
      for (const part of all("[data-when]", chosen.closest("[data-decided]") ?? chosen)) {
        part.hidden = !part.dataset.when.split(" ").includes(chosen.value);
        for (const field of all("input, select", part)) field.disabled = part.hidden;
      }
    };
    chosen.addEventListener("change", show);
    show();
  }
  // Whoever picks a colour wants it shown.
  for (const field of all("[data-picks]"))
    field.addEventListener("input", () => { one("input[type=radio]", field.parentElement).checked = true; });
}

// --- a combination, tried while it is chosen and while its rules are typed -----------------------------------
function trying() {
  const form = one("form[data-try]");
  if (!form) return;
  const verdict = one("[data-verdict]", form);
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    if (!all("[data-tried]", form).some((field) => field.value)) return;
    const number = ++asked;
    try {
      const answer = await fetch(form.dataset.try, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const text = await answer.text();
      if (answer.ok && number === asked) verdict.innerHTML = text;
    } catch {
      // The button asks again.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  });
}

// --- small things --------------------------------------------------------------------------------------------
function copying() {
  for (const button of all("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    });
  }
}

function confirming() {
  for (const button of all("[data-confirm]"))
    button.addEventListener("click", (event) => {
      if (!confirm(button.dataset.confirm)) event.preventDefault();
    });
}

function sendingFiles() {
  // A file that takes long to send must not be sent twice.
  for (const form of all("form.sender"))
    form.addEventListener("submit", (event) => {
      // A button that is off would not be sent along.
      setTimeout(() => { for (const button of all("button", form)) button.disabled = true; });
      form.setAttribute("aria-busy", "true");
      if (form.matches("[data-sending]")) {
        event.preventDefault();
        send(form);
      }
    });
  for (const zone of all("[data-dropzone]")) droppable(zone);
}

// Sends a form with its file and shows how much of it is there.
function send(form) {
  const shown = one("[data-sent]", form);
  const words = one("[data-sent-words]", form);
  const size = (bytes) =>
    new Intl.NumberFormat(language, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(bytes / 1e6);
  const request = new XMLHttpRequest();
  const again = (text) => {
    form.removeAttribute("aria-busy");
    for (const button of all("button", form)) setTimeout(() => { button.disabled = false; });
    words.textContent = text;
  };
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    one("progress", shown).value = event.loaded / event.total;
    words.textContent =
      event.loaded === event.total
        ? words.dataset.looked
        : words.dataset.words.replace("##", size(event.total)).replace("#", size(event.loaded));
  });
  request.addEventListener("load", () => {
    if (request.status < 300 && request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action).pathname)
      return location.assign(request.responseURL);
    // It was refused: the page says why, in the place of this one.
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = one("main", page);
    if (!main) return again(form.dataset.broken);
    one("main").replaceWith(main);
    localTimes();
    sendingFiles();
    one("[data-trouble]")?.focus();
  });
  request.addEventListener("error", () => again(form.dataset.broken));
  request.addEventListener("abort", () => again(form.dataset.broken));
  shown.hidden = false;
  request.open("POST", form.action);
  request.send(new FormData(form));
}

function droppable(zone) {
  const input = one("input[type=file]", zone);
  one("[data-droppable]", zone).hidden = false;
  for (const kind of ["dragenter", "dragover"])
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// --- a field of the shop that wants to know which one ------------------------------------------------------
function details() {
  for (const chosen of all("select[data-field]")) {
    const part = chosen.closest("li").querySelector("[data-detail]");
    const input = one("input", part);
    const show = () => {
      part.hidden = !(chosen.value.endsWith(".") || chosen.value === "other");
      const name = "offered-" + chosen.value.slice(0, -1);
      if (document.getElementById(name)) input.setAttribute("list", name);
      else input.removeAttribute("list");
    };
    chosen.addEventListener("change", show);
    show();
  }
}

function menu() {
  const menu = one("[data-menu]");
  if (!menu) return;
  addEventListener("keydown", (event) => { if (event.key === "Escape") menu.open = false; });
  addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
}

function drops() {
  for (const drop of all("details.drop")) {
    addEventListener("keydown", (event) => { if (event.key === "Escape") drop.open = false; });
    addEventListener("click", (event) => { if (!drop.contains(event.target)) drop.open = false; });
  }
}

localTimes();
bulk();
matrix();
progress();
kinds();
details();
trying();
// After those that switch fields off: what they do is nobody's edit.
unsaved();
copying();
confirming();
sendingFiles();
menu();
drops();
one("[data-trouble]")?.focus();
