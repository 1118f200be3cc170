// The list of products as a sheet: a cell is saved when it is left, and can be taken back.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function cells() {
  const table = document.querySelector("[data-cells]");
  if (!table) return;
  for (const row of all("tr[data-row]", table)) {
    const form = document.getElementById(row.dataset.row);
    const told = row.querySelector("[data-told]");
    row.querySelector("[data-save]").hidden = true;
    const inputs = all("input[form], select[form]", row);
    const shown = new Map(inputs.map((input) => [input.name, input.value]));
    let queue = Promise.resolve();

    const send = async (input, value) => {
      const before = shown.get(input.name);
      const data = new URLSearchParams();
      for (const each of new FormData(form)) if (!each[0].startsWith("was.")) data.append(...each);
      for (const name of shown.keys()) data.set(name, shown.get(name));
      data.set(input.name, value);
      for (const name of ["price", "on_hand"]) if (shown.has(name)) data.set("was." + name, shown.get(name));
      told.textContent = "…";
      let answer, said;
      try {
        answer = await fetch(form.action + ".json", { method: "POST", body: data });
        said = await answer.json();
      } catch {
        said = {};
      }
      if (!answer?.ok) {
        input.setAttribute("aria-invalid", "true");
        told.textContent = table.dataset.failed + (said.message ? ": " + said.message : "");
        return;
      }
      form.elements.version.value = said.version;
      input.removeAttribute("aria-invalid");
      for (const each of inputs)
        if (each.name in said.cells) {
          shown.set(each.name, said.cells[each.name]);
          if (each !== document.activeElement) each.value = said.cells[each.name];
        }
      told.textContent = table.dataset.saved + " ";
      const undo = document.createElement("button");
      undo.type = "button";
      undo.className = "link";
      undo.textContent = table.dataset.undo;
      undo.addEventListener("click", () => {
        input.value = before;
        queue = queue.then(() => send(input, before));
      });
      told.append(undo);
    };
    for (const input of inputs) {
      const save = () => {
        if (input.value === shown.get(input.name)) return;
        queue = queue.then(() => input.value === shown.get(input.name) || send(input, input.value));
      };
      input.addEventListener(input.tagName === "SELECT" ? "change" : "blur", save);
      input.addEventListener("keydown", (event) => {
        if (event.key === "Escape") input.value = shown.get(input.name);
        const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step || (input.tagName === "SELECT" && event.key !== "Enter")) return;
        event.preventDefault();
        const rows = all("tr[data-row]", table);
        const next = rows[rows.indexOf(row) + step]?.querySelector(`[name="${input.name}"]`);
        if (next) { next.focus(); next.select?.(); } else input.blur();
      });
    }
  }
}

// Of a change of many products only the fields of the chosen kind are shown.
function kinds() {
  const form = document.querySelector("[data-kinds]");
  if (!form) return;
  const show = () => {
    for (const part of all("[data-for]", form)) part.hidden = !part.dataset.for.split(" ").includes(form.elements.kind.value);
  };
  form.elements.kind.addEventListener("change", show);
  form.addEventListener("input", () => form.querySelector("[data-looked]")?.remove());
  show();
}

cells();
kinds();
