// Passkeys: the one part of an account that needs a script. Without one, the forms stay hidden.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function send(form, path, more = {}) {
  const body = new URLSearchParams([...new FormData(form), ...Object.entries(more)]);
  const answer = await fetch(path, { method: "POST", body, redirect: "follow" });
  if (answer.redirected) {
    location.assign(answer.url);
    return null;
  }
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function listed(credentials) {
  return (credentials || []).map((each) => ({ ...each, id: bytes(each.id) }));
}

function written(credential, parts) {
  const response = {};
  for (const part of parts) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
  });
}

async function enter(form) {
  const ceremony = await send(form, "/account/passkeys/challenge");
  if (!ceremony) return;
  const options = ceremony.options;
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: listed(options.allowCredentials),
    },
  });
  const parts = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];
  const done = await send(form, "/account/passkeys/enter", {
    challenge_id: ceremony.challenge_id,
    credential: written(credential, parts),
  });
  if (done) location.assign(done.to);
}

async function add(form) {
  const ceremony = await send(form, "/account/passkeys/register");
  if (!ceremony) return;
  const options = ceremony.options;
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    },
  });
  const done = await send(form, "/account/passkeys", {
    challenge_id: ceremony.challenge_id,
    credential: written(credential, ["clientDataJSON", "attestationObject"]),
  });
  if (done) location.assign(done.to);
}

function offer(selector, act) {
  const form = document.querySelector(selector);
  if (!form || !window.PublicKeyCredential) return;
  form.hidden = false;
  const button = form.querySelector("button");
  const said = form.querySelector("[data-said]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    said.textContent = "";
    try {
      await act(form);
    } catch {
      said.textContent = form.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
}

offer("[data-passkey-enter]", enter);
offer("[data-passkey-add]", add);
