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
  const boxes = all("input[name=product_id]", form);
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

// --- how far an import is ---------------------------------------------------------------------------------
function progress() {
  const section = one("[data-progress]");
  if (!section) return;
  const bar = one("[data-bar]", section);
  const percent = one("[data-percent]", section);
  const number = new Intl.NumberFormat(language);
  let pause = 500;
  const ask = async () => {
    try {
      const answer = await fetch(section.dataset.progress, { headers: { accept: "application/json" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error();
      const now = await answer.json();
      // What nobody has counted beforehand has no share.
      if (bar && "share" in now) {
        bar.value = now.share;
        percent.textContent = Math.round(now.share * 100) + " %";
      }
      for (const figure of all("[data-count]", section)) figure.textContent = number.format(now[figure.dataset.count]);
      if (now.has_ended || now.state !== section.dataset.was) return location.reload();
      pause = 700;
    } catch {
      pause = Math.min(pause * 2, 15000);
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
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
    form.addEventListener("submit", () => {
      for (const button of all("button", form)) button.disabled = true;
      form.setAttribute("aria-busy", "true");
    });
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
trying();
// After those that switch fields off: what they do is nobody's edit.
unsaved();
copying();
confirming();
sendingFiles();
menu();
drops();
one("[data-trouble]")?.focus();
