// The matrix as a sheet: arrow keys, ranges, copy, paste, fill. Without it the page is a plain form.

const form = document.querySelector("[data-sheet]");
const rows = form ? [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => cell.querySelector("[data-cell]"))) : [];

function sheet() {
  const tools = form.querySelector("[data-sheet-tools]");
  const told = form.querySelector("[data-sheet-told]");
  const isFixed = rows.flat().some((cell) => cell?.readOnly);
  const places = new Map();
  rows.forEach((row, r) => row.forEach((cell, c) => cell && places.set(cell, [r, c])));
  let from = null, to = null;
  const past = [];

  const range = () => {
    if (!from || !to) return [];
    const [top, bottom] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
    const [left, right] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
    const found = [];
    for (let r = top; r <= bottom; r++) found.push(rows[r].slice(left, right + 1));
    return found;
  };
  const mark = () => {
    for (const cell of places.keys()) cell.classList.remove("picked");
    const chosen = range();
    if (chosen.flat().length > 1) for (const cell of chosen.flat()) cell?.classList.add("picked");
  };
  const touched = (cell) => cell.classList.toggle("typed", cell.value !== cell.defaultValue);
  // Values are written together, so that they are taken back together.
  const write = (values) => {
    const before = [];
    for (const [cell, value] of values)
      if (cell && !cell.readOnly && cell.value !== value) {
        before.push([cell, cell.value]);
        cell.value = value;
        touched(cell);
      }
    if (before.length) past.push(before);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const at = (r, c) => rows[r]?.[c];
  const go = (place, step, extend) => {
    let [r, c] = place;
    do { r += step[0]; c += step[1]; } while (rows[r] && c >= 0 && c < rows[r].length && !at(r, c));
    const next = at(r, c);
    if (!next) return false;
    to = [r, c];
    if (!extend) { from = to; next.focus(); next.select(); }
    mark();
    return true;
  };
  const fill = (isDown) => {
    const chosen = range();
    const values = [];
    chosen.forEach((row, r) => row.forEach((cell, c) => {
      const source = isDown ? chosen[0][c] : row[0];
      if (source && (isDown ? r : c)) values.push([cell, source.value]);
    }));
    // Of a single cell: all the way to the end.
    if (chosen.flat().length === 1) {
      const source = chosen[0][0];
      if (isDown) for (let r = from[0] + 1; r < rows.length; r++) values.push([at(r, from[1]), source.value]);
      else for (let c = from[1] + 1; c < rows[from[0]].length; c++) values.push([at(from[0], c), source.value]);
    }
    write(values);
  };
  const paste = (text) => {
    const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const chosen = range();
    const [top, left] = chosen.length ? places.get(chosen[0].find((cell) => cell)) : from;
    const values = [];
    let lost = 0;
    if (lines.length === 1 && lines[0].length === 1 && chosen.flat().length > 1)
      for (const cell of chosen.flat()) values.push([cell, lines[0][0].trim()]);
    else
      lines.forEach((line, r) => line.forEach((value, c) => {
        const cell = at(top + r, left + c);
        if (cell) values.push([cell, value.trim()]);
        else if (value.trim()) lost++;
      }));
    write(values);
    told.textContent = lost ? form.dataset.fitted.replace("#", lost) : "";
  };

  const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  form.addEventListener("keydown", (event) => {
    const place = places.get(event.target);
    if (!place) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const cell = event.target;
    if (isCommand && event.key === "z" && past.length) {
      for (const [each, value] of past.pop()) { each.value = value; touched(each); }
      form.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (isCommand && event.key === "d" && !isFixed) fill(true);
    else if (isCommand && event.key === "r" && !isFixed) fill(false);
    else if (event.key === "Enter") go(place, event.shiftKey ? [-1, 0] : [1, 0], false);
    else if (event.key === "Escape") { from = to = place; mark(); return; }
    else if (event.key === "Delete" && range().flat().length > 1) write(range().flat().map((each) => [each, ""]));
    else if (event.key in steps && event.shiftKey) { from ??= place; go(to ?? place, steps[event.key], true); }
    else if (event.key in steps) {
      // Inside of what is typed the arrows move as in any field.
      const isWhole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
      const isInside = event.key === "ArrowLeft" ? cell.selectionStart > 0 : event.key === "ArrowRight" ? cell.selectionEnd < cell.value.length : false;
      if (isInside && !isWhole) return;
      go(place, steps[event.key], false);
    } else return;
    event.preventDefault();
  });
  form.addEventListener("focusin", (event) => {
    const place = places.get(event.target);
    if (place) { from = to = place; event.target.select(); mark(); }
  });
  form.addEventListener("mousedown", (event) => {
    const place = places.get(event.target);
    if (!place || !event.shiftKey || !from) return;
    event.preventDefault();
    to = place;
    mark();
  });
  form.addEventListener("input", (event) => { if (places.has(event.target)) touched(event.target); });
  form.addEventListener("copy", (event) => {
    const chosen = range();
    if (chosen.flat().length < 2) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", chosen.map((row) => row.map((cell) => cell?.value ?? "").join("\t")).join("\n"));
  });
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (isFixed || !places.has(event.target) || (!/[\t\n]/.test(text) && range().flat().length < 2)) return;
    event.preventDefault();
    paste(text);
  });
  if (tools) {
    tools.hidden = false;
    for (const [name, isDown] of [["down", true], ["right", false]]) {
      const button = tools.querySelector(`[data-${name}]`);
      // The cell keeps the focus.
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => from && fill(isDown));
    }
  }
}

if (rows.length) sheet();
