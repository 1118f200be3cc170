// Adds to the page of the API: search, copying, and trying. Without it the page is whole to read.
// The key lives in the field and in the request, nowhere else.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const LONGEST_SHOWN = 100_000;
const SAFE = new Set(["GET", "HEAD"]);

for (const part of $$("[data-find], [data-who], [data-copy], [data-offer]")) part.hidden = false;

// A page that a browser keeps for going back keeps no key.
addEventListener("pagehide", () => { $("#key").value = ""; });

/* Search */

const field = $("#find");
const entries = $$("nav a[data-words]").map((link) => ({
  link,
  item: link.closest("li"),
  group: link.closest("details"),
  article: document.getElementById(link.hash.slice(1)),
  words: `${link.textContent} ${link.dataset.words} ${link.dataset.words.replace(/([a-z])([A-Z])/g, "$1 $2")}`.toLowerCase(),
}));

function find() {
  const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  const shown = new Set();
  for (const { item, group, article, words } of entries) {
    const fits = wanted.every((word) => words.includes(word));
    item.hidden = article.hidden = !fits;
    if (fits) {
      count += 1;
      shown.add(group).add(article.parentElement);
    }
  }
  for (const part of $$("nav details, main > section:not(.intro)")) part.hidden = !shown.has(part);
  for (const group of $$("nav details")) group.open = wanted.length > 0 || group.contains($("nav a[aria-current]"));
  $(".intro").hidden = wanted.length > 0;
  $("#found").textContent = wanted.length ? `${count} of ${entries.length} operations` : "";
}

field.addEventListener("input", find);
$("[data-find]").addEventListener("submit", (event) => {
  event.preventDefault();
  const first = entries.find(({ item }) => !item.hidden);
  if (!first || !field.value.trim()) return;
  location.hash = first.link.hash;
  $(".here", first.article).focus();
});
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "Escape" && event.target === field && field.value) {
    field.value = "";
    find();
  }
});

/* Where we are: an address with a # shows its operation, whatever was searched for. */

function arrive() {
  const entry = entries.find(({ link }) => link.hash === location.hash);
  for (const { link } of entries) link.removeAttribute("aria-current");
  if (!entry) return;
  if (entry.article.hidden) {
    field.value = "";
    find();
  }
  entry.link.setAttribute("aria-current", "true");
  entry.group.open = true;
  entry.article.scrollIntoView();
}
addEventListener("hashchange", arrive);
arrive();

/* Copying */

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = $("code", button.closest("figure")).textContent;
  const was = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren($("code", button.closest("figure")));
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { button.textContent = was; }, 2000);
});

/* Trying */

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-try]");
  if (!button) return;
  const article = button.closest("article");
  const form = $("form.try", article) ?? article.insertBefore(formFor(article), $(".answers", article));
  const isOpening = button.getAttribute("aria-expanded") === "false";
  form.hidden = !isOpening;
  button.setAttribute("aria-expanded", String(isOpening));
  if (isOpening) $("input, textarea, button", form).focus();
});

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function formFor(article) {
  const { method, bodyKind } = article.dataset;
  const form = make("form", { className: "try", autocomplete: "off" });
  for (const row of $$("tr[data-name]", article)) {
    const { name } = row.dataset;
    const input = make("input", { maxLength: 4096, required: "required" in row.dataset });
    Object.assign(input.dataset, { name, in: row.dataset.in });
    if (name === "Idempotency-Key") input.value = newKey();
    form.append(make("label", {}, name, input));
  }
  if (bodyKind === "application/json") {
    const value = $("[data-example]", article)?.textContent ?? "{}";
    form.append(make("label", {}, "Body", make("textarea", { value, spellcheck: false })));
  } else if (bodyKind) {
    form.append(make("label", {}, "Body", make("input", { type: "file", required: true })));
  }
  const said = SAFE.has(method) ? "Send" : `Send, and change the shop (${method})`;
  form.append(make("button", { className: "send", textContent: said }), make("output"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(article, form);
  });
  return form;
}

function newKey() {
  // Plain http on another machine has no randomUUID; a key for trying need only be new.
  return crypto.randomUUID?.() ?? `try-${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

/** The address and headers that the fields ask for. */
function requestFor(article, form) {
  let address = article.dataset.path;
  const query = new URLSearchParams();
  const headers = new Headers();
  for (const input of $$("input[data-name]", form)) {
    const { name, in: place } = input.dataset;
    const value = input.value.trim();
    if (place === "path") address = address.replace(`{${name}}`, encodeURIComponent(value));
    else if (value && place === "query") query.append(name, value);
    else if (value && place === "header") headers.set(name, value);
  }
  const key = $("#key").value.trim();
  const shop = $("#shop").value.trim();
  if (key) headers.set("Authorization", `Bearer ${key}`);
  if (shop) headers.set("X-Galleria-Shop", shop);
  const written = $("textarea", form);
  const file = $("input[type=file]", form);
  let body;
  if (written) {
    headers.set("Content-Type", "application/json");
    body = written.value;
  } else if (file) {
    [body] = file.files;
    headers.set("Content-Type", body?.type || "application/octet-stream");
  }
  const asked = String(query);
  return [asked ? `${address}?${asked}` : address, { method: article.dataset.method, headers, body }];
}

async function send(article, form) {
  const output = $("output", form);
  const button = $(".send", form);
  output.replaceChildren("…");
  button.disabled = true;
  const began = performance.now();
  try {
    const [address, request] = requestFor(article, form);
    // Nobody's session goes along: who asks is who the key says.
    const answer = await fetch(address, { ...request, credentials: "omit", cache: "no-store" });
    const took = Math.round(performance.now() - began);
    output.replaceChildren(...(await shown(answer, took)));
  } catch (error) {
    output.replaceChildren(make("p", { className: "status bad" }, `Not sent: ${error.message}`));
  } finally {
    button.disabled = false;
  }
}

async function shown(answer, took) {
  const kind = answer.headers.get("content-type") ?? "";
  const line = `${answer.status} ${answer.statusText}, ${took} ms`;
  const parts = [make("p", { className: `status ${answer.ok ? "good" : "bad"}` }, line)];
  const told = ["etag", "location", "retry-after", "x-request-id"]
    .filter((name) => answer.headers.has(name))
    .map((name) => `${name}: ${answer.headers.get(name)}`);
  if (told.length) parts.push(make("p", {}, told.join(", ")));
  if (!/json|text|csv/.test(kind)) {
    const { size } = await answer.blob();
    if (size) parts.push(make("p", {}, `${size} bytes of ${kind || "something"}`));
    return parts;
  }
  let text = await answer.text();
  if (kind.includes("json")) {
    try {
      text = JSON.stringify(JSON.parse(text), null, 2);
    } catch { /* Shown as it came. */ }
  }
  if (text) parts.push(make("pre", { tabIndex: 0 }, text.slice(0, LONGEST_SHOWN)));
  return parts;
}
