// Finding things: suggestions while typing, and lists that change without a new page. The server
// makes every part of a page that is shown here, so that words and prices are made in one place.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const PAUSE_MS = 120;
// Numbers are typed more slowly than words, and 1 on the way to 15 is a question nobody has.
const NUMBER_PAUSE_MS = 400;
const isNumber = (element) => element?.matches("[data-panel] input[type=number]") ?? false;

async function fetched(address, signal) {
  const headers = { accept: "text/html", "x-galleria-part": "1" };
  // Not kept: going back must not show a part where a page was.
  const answer = await fetch(address, { headers, signal, cache: "no-store" });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return answer.text();
}

const isPlainClick = (event) =>
  event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

// --- a list that changes in place ------------------------------------------------------------------
class List {
  constructor(frame) {
    this.frame = frame;
    this.path = location.pathname;
    this.status = one("[data-status]", frame);
    this.kept = new Map();
    this.address = location.pathname + location.search;
    this.isTyping = this.isReplacing = false;
    history.scrollRestoration = "manual";
    if (history.state?.y) scrollTo(0, history.state.y);
    frame.addEventListener("input", (event) => this.edited(event));
    frame.addEventListener("change", (event) => this.changed(event));
    frame.addEventListener("focusout", (event) => { if (isNumber(event.target)) this.isTyping = false; });
    frame.addEventListener("submit", (event) => this.sent(event));
    frame.addEventListener("click", (event) => this.clicked(event));
    addEventListener("popstate", (event) => this.turnedBack(event));
    let waiting = 0;
    addEventListener("scroll", () => { clearTimeout(waiting); waiting = setTimeout(() => this.noteHeight(), 150); }, { passive: true });
    addEventListener("pagehide", () => this.noteHeight());
    this.drawer = new Drawer(this);
  }

  get part() { return one("[data-part]", this.frame); }
  noteHeight() { history.replaceState({ y: scrollY }, ""); }

  edited(event) {
    if (!isNumber(event.target)) return;
    const { form } = event.target;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => { if (form.isConnected) this.narrow(form, true); }, NUMBER_PAUSE_MS);
  }

  changed(event) {
    const { form } = event.target;
    if (this.isReplacing || !form?.matches("[data-panel]")) return;
    if (isNumber(event.target) && addressOf(form) === this.asked) return;
    this.narrow(form, false);
  }

  sent(event) {
    if (!event.target.matches("[data-panel]")) return;
    event.preventDefault();
    this.narrow(event.target, false);
  }

  // What is typed into one field is one step back.
  narrow(form, isTyping) {
    clearTimeout(this.waiting);
    this.go(addressOf(form), this.isTyping ? "replace" : "push", isTyping);
  }

  clicked(event) {
    const link = event.target.closest("a");
    if (!link || !isPlainClick(event)) return;
    if (link.matches("[data-open]")) { event.preventDefault(); this.drawer.open(); }
    else if (link.matches("[data-more]")) { event.preventDefault(); this.more(link); }
    else if (link.matches("[data-swap]") && new URL(link.href).pathname === this.path) {
      event.preventDefault();
      this.go(link.getAttribute("href"), "push");
    }
  }

  // What is typed is one step back, however many letters it has.
  typed(words) {
    const address = "/search" + (words ? "?" + new URLSearchParams({ q: words }) : "");
    if (words === this.part.dataset.words || words.length === 1) return;
    this.go(address, this.isTyping ? "replace" : "push", true);
  }

  async settled(words) {
    if (words !== this.part.dataset.words)
      await this.go("/search" + (words ? "?" + new URLSearchParams({ q: words }) : ""), this.isTyping ? "replace" : "push");
    this.isTyping = false;
    const { leadsTo } = this.part.dataset;
    if (leadsTo && words === this.part.dataset.words) location.assign(leadsTo);
  }

  async go(address, how, isTyping = false) {
    this.asking?.abort();
    clearTimeout(this.waiting);
    this.asked = address;
    const mine = (this.asking = new AbortController());
    this.frame.setAttribute("aria-busy", "true");
    let text;
    try {
      text = await fetched(address, mine.signal);
    } catch {
      if (!mine.signal.aborted) location.assign(address);
      return;
    }
    if (mine.signal.aborted) return;
    const part = partIn(text);
    if (!part) return location.assign(address);
    const { address: shown } = part.dataset;
    if (shown === this.address) how = "none";
    if (how === "push") {
      this.keep();
      this.noteHeight();
    }
    this.isTyping = isTyping && document.activeElement?.matches("input") === true;
    this.show(part);
    this.address = how === "none" ? this.address : shown;
    if (how === "push") history.pushState({ y: scrollY }, "", shown);
    else if (how === "replace") history.replaceState({ y: scrollY }, "", shown);
  }

  // A page that was left comes back as it was, with all that was added to it.
  keep() {
    const copy = this.part.cloneNode(true);
    if (!one("[data-panel]", copy)) one("[data-side]", copy).append(one("[data-panel]", this.frame).cloneNode(true));
    this.kept.delete(this.address);
    this.kept.set(this.address, copy.outerHTML);
    if (this.kept.size > 20) this.kept.delete(this.kept.keys().next().value);
  }

  async turnedBack(event) {
    const address = location.pathname + location.search;
    if (location.pathname !== this.path || address === this.address) return;
    const kept = this.kept.get(address);
    this.keep();
    this.isTyping = false;
    this.asking?.abort();
    clearTimeout(this.waiting);
    this.address = this.asked = address;
    if (kept) this.show(partIn(kept));
    else await this.go(address, "none");
    const input = one("[data-suggest]");
    if (input) input.value = this.part.dataset.words;
    scrollTo(0, event.state?.y ?? 0);
  }

  show(part) {
    const folds = all("details[open][data-fold]", this.frame).map((each) => each.dataset.fold);
    for (const fold of all("details[data-fold]", part)) fold.open = folds.includes(fold.dataset.fold);
    const typed = this.isTyping && isNumber(document.activeElement) ? document.activeElement : null;
    const same = typed && all("input", part).find((each) => each.name === typed.name);
    if (same) this.showAround(typed, part, same); else this.replace(part);
    this.frame.removeAttribute("aria-busy");
    const { dataset } = this.part;
    document.title = dataset.title;
    this.say(one("[data-wrong]", this.frame)?.textContent ?? one("[data-total]", this.part).textContent);
  }

  replace(part) {
    const focused = placeOf(document.activeElement, this.frame);
    // A field that is taken away while it has the focus says that it changed: that is old news.
    this.isReplacing = true;
    this.part.replaceWith(part);
    this.drawer.take(part);
    this.isReplacing = false;
    if (focused) (found(focused, this.frame) ?? one("[data-total]", part))?.focus({ preventScroll: true });
  }

  // A field that is typed into stays where it is, with its cursor and the keyboard of a phone.
  showAround(typed, part, same) {
    if (!this.part.contains(typed)) {
      const { form } = same;
      graft(typed.form, form, typed, same);
      form.remove();
      this.part.replaceWith(part);
    } else graft(this.part, part, typed, same);
  }

  // Said once typing has paused: a voice that is cut off at every letter says nothing.
  say(text) {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { this.status.textContent = text; }, 400);
  }

  async more(link) {
    if (link.ariaDisabled === "true") return;
    link.ariaDisabled = "true";
    let added;
    try {
      added = partIn(await fetched(link.href));
    } catch {
      return location.assign(link.href);
    }
    const here = one("[data-following]", this.frame);
    if (!added) return location.assign(link.href);
    if (!here?.contains(link)) return;
    const cards = all("[data-grid] .card", added);
    one("[data-grid] .grid", this.frame).append(...cards);
    const { longer } = link.dataset;
    if (longer) { this.address = longer; history.replaceState({ y: scrollY }, "", longer); }
    const following = one("[data-following]", added);
    if (following && longer) {
      const next = new URL(longer, location.href);
      next.searchParams.set("shown", Number(next.searchParams.get("shown")) + 24);
      if (next.searchParams.get("shown") <= 96) one("a", following).dataset.longer = next.pathname + next.search;
    }
    if (following) here.replaceWith(following); else here.remove();
    if (cards.length) one("a", cards[0]).focus({ preventScroll: true });
    this.say(this.frame.dataset.moreSaid);
  }
}

function partIn(text) {
  const made = document.createElement("template");
  made.innerHTML = text;
  return one("[data-part]", made.content);
}

// The old tree becomes the new one, except that the element `kept` stays instead of `same`.
function graft(old, fresh, kept, same) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes]) old.setAttribute(name, value);
  if (old === kept) return;
  const around = [...old.childNodes].find((each) => each.contains(kept));
  const nodes = [...fresh.childNodes];
  const at = nodes.findIndex((each) => each.contains(same));
  for (const each of [...old.childNodes]) if (each !== around) each.remove();
  around.before(...nodes.slice(0, at));
  around.after(...nodes.slice(at + 1));
  graft(around, nodes[at], kept, same);
}

function addressOf(form) {
  const query = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...query]) if (!value) query.delete(name, value);
  return form.getAttribute("action") + (query.size ? "?" + query : "");
}

// Where the focus is, in words that hold for the next answer as well.
function placeOf(element, frame) {
  if (!element || !frame.contains(element)) return null;
  return { id: element.id, name: element.name, value: element.value, text: element.textContent };
}

function found({ id, name, value, text }, frame) {
  if (id) return document.getElementById(id);
  if (name) return all("input, select, button", frame).find((each) => each.name === name && (each.value === value || isNumber(each)));
  return all("a, summary, button", frame).find((each) => text && each.textContent === text);
}

// --- on a narrow screen the filters come in front of the list -----------------------------------------
class Drawer {
  constructor(list) {
    this.list = list;
    this.dialog = one("[data-drawer]", list.frame);
    this.slot = one("[data-slot]", this.dialog);
    one("[data-close]", this.dialog).addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
    this.dialog.addEventListener("close", () => this.putBack());
    matchMedia("(min-width: 52.01rem)").addEventListener("change", () => this.dialog.close());
  }

  open() {
    this.slot.append(one("[data-panel]", this.list.part));
    this.dialog.showModal();
  }

  putBack() {
    const form = one("[data-panel]", this.slot);
    if (form) one("[data-side]", this.list.part).append(form);
    one("[data-open]", this.list.part)?.focus({ preventScroll: true });
  }

  take(part) {
    if (this.dialog.open) this.slot.replaceChildren(one("[data-panel]", part));
  }
}

// --- suggestions: the combobox with a listbox of the ARIA practices -------------------------------------
class Suggestions {
  constructor(input, list) {
    this.input = input;
    this.list = list;
    this.box = document.getElementById("suggestions");
    this.said = one("[data-suggested]");
    this.active = -1;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions", "aria-expanded": "false",
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => { this.close(); if (this.list) this.list.isTyping = false; });
    input.form.addEventListener("submit", (event) => this.sent(event));
    // The focus stays in the box, or its list would be gone before the click.
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option, event.ctrlKey || event.metaKey);
    });
  }

  get options() { return all("[role=option]", this.box); }
  get words() { return this.input.value.trim().replace(/\s+/g, " "); }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => { this.ask(); this.list?.typed(this.words); }, PAUSE_MS);
  }

  async ask() {
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    if (!this.words) return this.close();
    let text;
    try {
      text = await fetched("/suggest?" + new URLSearchParams({ q: this.words }), mine.signal);
    } catch {
      if (!mine.signal.aborted) this.close();
      return;
    }
    if (mine.signal.aborted || document.activeElement !== this.input) return;
    this.box.innerHTML = text;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    const there = this.options.length > 0;
    this.box.hidden = !there;
    this.input.setAttribute("aria-expanded", String(there));
    this.said.textContent = one("[data-said]", this.box)?.dataset.said ?? "";
  }

  close() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.box.hidden = true;
    this.active = -1;
    this.said.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  move(to) {
    const options = this.options;
    this.active = (to + options.length) % options.length;
    options.forEach((each, at) => each.setAttribute("aria-selected", String(at === this.active)));
    this.input.setAttribute("aria-activedescendant", options[this.active].id);
    options[this.active].scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    const isOpen = !this.box.hidden;
    const { key } = event;
    if (event.isComposing) return;
    if (key === "Escape" && isOpen) { event.preventDefault(); this.close(); }
    else if (key === "ArrowDown" && !isOpen) { event.preventDefault(); this.ask(); }
    else if (!isOpen) return;
    else if (key === "ArrowDown") { event.preventDefault(); this.move(this.active + 1); }
    else if (key === "ArrowUp") { event.preventDefault(); this.move(this.active < 0 ? -1 : this.active - 1); }
    else if (key === "Home" && this.active >= 0) { event.preventDefault(); this.move(0); }
    else if (key === "End" && this.active >= 0) { event.preventDefault(); this.move(-1); }
    else if (key === "Enter" && this.active >= 0) { event.preventDefault(); this.choose(this.options[this.active], event.ctrlKey || event.metaKey); }
  }

  choose(option, inAnotherTab) {
    const { href, words } = option.dataset;
    this.close();
    if (inAnotherTab) return open(href, "_blank", "noopener");
    if (words !== undefined && this.list?.path === "/search") {
      this.input.value = words;
      this.list.settled(words);
    } else location.assign(href);
  }

  sent(event) {
    this.close();
    if (this.list?.path !== "/search") return;
    event.preventDefault();
    this.list.settled(this.words);
  }
}

// --- which of the hits was looked at: the shop learns from it what its answers are worth --------------------
function clicks(frame) {
  frame.addEventListener("click", (event) => {
    const card = event.target.closest(".card");
    const { queryId } = one("[data-part]", frame).dataset;
    if (!card || !queryId || !event.target.closest("a")) return;
    const ordinal = 1 + all("[data-grid] .card", frame).indexOf(card);
    const told = {
      action_name: "click", query_id: queryId, timestamp: new Date().toISOString(),
      event_attributes: { object: { object_id: card.dataset.product, object_id_field: "product_id" }, position: { ordinal } },
    };
    const body = new Blob([JSON.stringify({ events: [told] })], { type: "application/json" });
    navigator.sendBeacon("/store/v1/search/events", body);
  });
}

document.documentElement.classList.add("scripted");
const frame = one("[data-browse]");
const list = frame && new List(frame);
if (frame) clicks(frame);
const input = one("[data-suggest]");
if (input) new Suggestions(input, list && list.path === "/search" ? list : null);
