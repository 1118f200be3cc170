// What makes the shop nicer with scripts. Every page works without them.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- picking a variant: one choice per option instead of one long list -------------------------
function variantPicker() {
  const picker = one("[data-picker]");
  const source = one("[data-variants]");
  if (!picker || !source) return;
  const variants = JSON.parse(source.textContent);
  const plain = one("[data-plain]");
  const select = one("select", plain);
  const choices = all("input[data-axis]", picker);
  const soldOut = picker.dataset.soldOut;
  const axes = 1 + Math.max(...choices.map((input) => Number(input.dataset.axis)));

  const chosen = () => {
    const values = new Array(axes).fill(null);
    for (const input of choices) if (input.checked) values[input.dataset.axis] = input.value;
    return values;
  };
  const fits = (variant, values) =>
    values.every((value, axis) => value === null || variant.options[axis] === value);

  const show = (moved) => {
    const values = chosen();
    let variant = variants.find((each) => fits(each, values));
    if (!variant && moved !== undefined) {
      // No such combination: keep what was just chosen and move the rest to something there is.
      variant = variants.find((each) => each.options[moved] === values[moved] && each.is_available)
        || variants.find((each) => each.options[moved] === values[moved]);
      for (const input of choices) input.checked = variant.options[input.dataset.axis] === input.value;
    }
    if (!variant) return;
    select.value = variant.id;
    for (const input of choices) {
      const other = chosen();
      other[input.dataset.axis] = input.value;
      const there = variants.some((each) => fits(each, other) && each.is_available);
      input.parentElement.classList.toggle("none", !there);
      input.parentElement.title = there ? "" : soldOut;
    }
    const option = select.selectedOptions[0];
    const price = one("[data-price]");
    price.textContent = option.dataset.price;
    if (option.dataset.was) {
      const was = document.createElement("s");
      was.textContent = option.dataset.was;
      price.append(" ", was);
    }
    for (const set of all("[data-set]")) set.hidden = set.dataset.set !== variant.id;
    const add = one("[data-add]");
    add.disabled = !variant.is_available;
    one("[data-stock]").classList.toggle("hide", true);
    if (variant.image) showImage(variant.image);
    const address = new URL(location.href);
    address.searchParams.set("variant", variant.id);
    history.replaceState(null, "", address);
  };

  const current = variants.find((each) => each.id === select.value) || variants[0];
  for (const input of choices) {
    input.checked = current.options[input.dataset.axis] === input.value;
    input.addEventListener("change", () => show(Number(input.dataset.axis)));
  }
  for (const option of select.options) option.disabled = false;
  plain.hidden = true;
  picker.hidden = false;
  const values = chosen();
  for (const input of choices) {
    const other = [...values];
    other[input.dataset.axis] = input.value;
    const there = variants.some((each) => fits(each, other) && each.is_available);
    input.parentElement.classList.toggle("none", !there);
  }
}

// --- pictures ------------------------------------------------------------------------------------
function showImage(url, alt) {
  const main = one("[data-main]");
  if (!main || main.dataset.main === url) return;
  // In all its widths.
  for (const name of ["srcset", "src"])
    main[name] = main.getAttribute(name).replaceAll(main.dataset.main, url);
  main.dataset.main = url;
  if (alt) main.alt = alt;
  for (const thumb of all("[data-thumb]"))
    thumb.toggleAttribute("aria-current", thumb.getAttribute("href") === url);
}

function gallery() {
  for (const thumb of all("[data-thumb]"))
    thumb.addEventListener("click", (event) => {
      event.preventDefault();
      showImage(thumb.getAttribute("href"), one("img", thumb).alt);
    });
}

// --- into the basket without leaving the page ------------------------------------------------------
function adding() {
  // Listened for on the page: the form is another one after each choice among many variants.
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-buy]");
    if (!form) return;
    const said = one("[data-said]", form);
    event.preventDefault();
    const button = one("[data-add]", form);
    button.disabled = true;
    const body = new URLSearchParams(new FormData(form));
    for (const key of [...body.keys()]) if (key.startsWith("option")) body.delete(key);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { accept: "application/json" },
      });
      if (!answer.ok || !answer.headers.get("content-type").includes("json")) throw new Error();
      const { count } = await answer.json();
      one("[data-count]").textContent = count;
      said.textContent = said.dataset.added + " ";
      const link = document.createElement("a");
      link.href = "/cart";
      link.textContent = said.dataset.view;
      said.append(link);
    } catch {
      said.textContent = said.dataset.failed;
    }
    button.disabled = false;
  });
}

// --- a form that must not be sent twice ----------------------------------------------------------------
function once() {
  const form = one("[data-once]");
  if (!form) return;
  const recalculate = one("[data-recalculate]", form);
  recalculate.hidden = true;
  for (const input of all("[data-shipping]", form))
    input.addEventListener("change", () => recalculate.click());
  form.addEventListener("submit", (event) => {
    if (event.submitter === recalculate) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}

variantPicker();
gallery();
adding();
once();
