// Choosing among thousands of variants: each choice asks the server which others still go with it.
// The answer is the page itself, so that words and prices are made in one place.

const one = (selector, root = document) => root.querySelector(selector);
let asked = 0;

async function choose(form) {
  const turn = ++asked;
  const query = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  const address = form.getAttribute("action") + (query.size ? "?" + query : "");
  const focused = document.activeElement && document.activeElement.id;
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok) return location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== asked) return;
  show(page, address, focused);
}

function show(page, address, focused) {
  one("[data-choice]").replaceWith(one("[data-choice]", page));
  one("[data-fits]").textContent = one("[data-fits]", page).textContent;
  const image = one("[data-main]");
  const shown = one("[data-main]", page);
  if (image && shown && image.dataset.main !== shown.dataset.main) image.replaceWith(shown);
  one("[data-show]").hidden = true;
  const again = focused && document.getElementById(focused);
  if (again) again.focus();
  history.replaceState(null, "", address);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-choosing]");
  if (form) choose(form).catch(() => form.submit());
});
one("[data-show]").hidden = true;
