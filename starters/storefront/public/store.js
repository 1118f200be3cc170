// Makes pages quicker, never possible: a link or form with data-swap="id" fetches its page and puts
// just that part in place; words in the search are completed.

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-swap]');
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (!link || !isPlain || event.defaultPrevented) return;
  event.preventDefault();
  void swap(link.href, link.dataset.swap);
});

document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-swap]');
  if (form) void swap(addressOf(form), form.dataset.swap);
});

document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-swap]');
  if (!form) return;
  event.preventDefault();
  void swap(addressOf(form), form.dataset.swap);
});

window.addEventListener('popstate', () => location.reload());

function addressOf(form) {
  const url = new URL(form.action || location.href);
  url.search = new URLSearchParams(new FormData(form)).toString();
  return url.href;
}

let asked;

/** Put the part `id` of the page at `address` in place of ours; go there whole when that fails. */
async function swap(address, id) {
  asked?.abort();
  asked = new AbortController();
  const present = document.getElementById(id);
  present.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(address, { signal: asked.signal });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById(id);
    if (!answer.ok || !fresh) throw new Error('the page lacks the part');
    const held = placeOf(document.activeElement, present);
    keepFolded(present, fresh);
    swapPicture(page);
    present.replaceWith(fresh);
    history.pushState(null, '', address);
    held && fresh.querySelector(held)?.focus();
  } catch (error) {
    if (error.name !== 'AbortError') location.assign(address);
  }
}

/** The picture beside the choice is that of the variant. */
function swapPicture(page) {
  const ours = document.querySelector('.pictures > .picture');
  const theirs = page.querySelector('.pictures > .picture');
  if (ours && theirs) ours.replaceWith(theirs);
}

/** How to find again, in a fresh part, what has the focus. */
function placeOf(element, part) {
  if (!part.contains(element)) return '';
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
  const all = [...part.querySelectorAll('a.value')];
  const at = all.indexOf(element);
  if (at < 0) return '';
  const axis = element.closest('nav').getAttribute('aria-label');
  return `nav[aria-label="${CSS.escape(axis)}"] a[aria-current]`;
}

/** What somebody folded away stays so. */
function keepFolded(present, fresh) {
  const before = present.querySelector('details');
  const after = fresh.querySelector('details');
  if (before && after) after.open = before.open;
}

// On a narrow screen filters would stand before the goods.
if (matchMedia('(max-width: 48rem)').matches) {
  document.querySelector('.facets details')?.removeAttribute('open');
}

const words = document.getElementById('words');
const completions = document.getElementById('completions');
let timer;

words?.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(complete, 150);
});

async function complete() {
  const q = words.value.trim();
  if (q.length < 2) return;
  const answer = await fetch(`/suggest?${new URLSearchParams({ q })}`).catch(() => null);
  if (!answer?.ok || words.value.trim() !== q) return;
  const found = await answer.json();
  completions.replaceChildren(
    ...found.map((value) => Object.assign(document.createElement('option'), { value })),
  );
}
