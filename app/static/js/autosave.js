// Drafts save themselves; a text that could not be saved is kept in this browser and offered back.

const form = document.querySelector("form[data-autosave]");
const status = document.querySelector("[data-autosave-status]");
const key = "jalon:" + location.pathname;
const version = form?.elements.namedItem("version");
const make = (tag, facts) => Object.assign(document.createElement(tag), facts);
const hour = () => new Date().toLocaleTimeString("fr-FR", { timeStyle: "short" }).replace(":", "\u00a0h\u00a0");
const typed = () => [...new FormData(form)].filter(([name, value]) =>
  typeof value === "string" && !["csrf_token", "version", "_action"].includes(name));

let changes = 0, saved = 0, timer, flight, submitted = false;

function say(state, text, url, action) {
  if (!status) return;
  status.dataset.state = state;
  status.textContent = text;
  if (url) status.append(" ", make("a", { href: url, textContent: action }));
}

function failed(why, url, action) {
  keep(false);
  say("failed", "Non enregistré\u00a0: " + why, url, action);
}

// `sent` marks a text whose fate is not known: the page was left before the answer.
function keep(sent) {
  try { sessionStorage.setItem(key, JSON.stringify({ at: hour(), sent, version: version?.value, typed: typed() })); } catch { /* no room */ }
}

function blame(errors) {
  form.querySelectorAll("[data-autosave-error]").forEach((p) => p.remove());
  for (const [name, phrase] of Object.entries(errors)) {
    const field = form.elements.namedItem(name);
    if (!field?.id || field === document.activeElement || document.getElementById(field.id + "-error")) continue;
    const p = make("p", { className: "error", textContent: phrase });
    p.dataset.autosaveError = "";
    field.closest(".field")?.append(p);
  }
}

async function send(last) {
  clearTimeout(timer);
  while (flight) await flight;
  if (saved === changes) return;
  const state = changes;
  say("saving", "Enregistrement…");
  flight = post(last).then((ok) => { if (ok) saved = state; flight = null; });
  await flight;
  if (saved === changes) sessionStorage.removeItem(key);
}

async function post(keepalive) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, redirect: "manual", keepalive });
    if (answer.ok) {
      const said = await answer.json();
      if (version) version.value = said.version;
      const wrong = Object.keys(said.errors ?? {}).length;
      blame(said.errors ?? {});
      if (!wrong) return say("saved", "Enregistré à " + said.saved_at), true;
      // What could not be read is only here: it is offered back if the page is left.
      keep(false);
      say("failed", `Enregistré à ${said.saved_at}, sauf ${wrong > 1 ? wrong + " réponses" : "une réponse"} à corriger.`);
      return false;
    }
    if (answer.status === 409) {
      const said = await answer.json();
      failed(said.message, said.url, "Voir la version actuelle");
    } else if (answer.status === 401 || answer.type === "opaqueredirect")
      failed("votre session a pris fin, votre texte est gardé ici.", "/connexion?next=" + encodeURIComponent(location.pathname), "Se reconnecter");
    else failed("le registre ne peut pas répondre, votre texte est gardé ici.");
  } catch {
    failed("pas de réseau, votre texte est gardé ici.");
  }
  return false;
}

// Puts a kept text back; gives what has no field any more.
function fill(pairs) {
  const fields = [...form.elements].filter((e) => e.type !== "hidden"), left = [];
  for (const e of fields) if (/checkbox|radio/.test(e.type)) e.checked = pairs.some(([n, v]) => n === e.name && v === e.value);
  for (const [name, value] of pairs) {
    const field = fields.find((e) => e.name === name);
    if (!field) { if (value.trim() && !form.elements.namedItem(name)) left.push(value); }
    else if (!/checkbox|radio|multiple/.test(field.type)) field.value = value;
    else if (field.options) for (const o of field.options) o.selected = pairs.some(([n, v]) => n === name && v === o.value);
  }
  return left.join("\n\n");
}

function offer() {
  const kept = JSON.parse(sessionStorage.getItem(key));
  if (!kept) return;
  if (JSON.stringify(kept.typed) === JSON.stringify(typed()) || (kept.sent && +version?.value > +kept.version)) {
    sessionStorage.removeItem(key);
    return;
  }
  const box = make("div", { className: "kept", role: "status" });
  const button = (textContent, kind, onclick) => make("button", { type: "button", className: "button " + kind, textContent, onclick });
  box.append(make("p", { textContent: `Texte retrouvé, écrit à ${kept.at} et non enregistré.` }),
    button("Reprendre", "", () => {
      const left = fill(kept.typed);
      if (left) box.replaceChildren(make("textarea", { className: "control", readOnly: true, value: left, ariaLabel: "Réponses sans question correspondante" }));
      else box.remove();
      form.dispatchEvent(new Event("input"));
    }),
    button("Ignorer", "link", () => { sessionStorage.removeItem(key); box.remove(); }));
  form.prepend(box);
}

function leave() {
  if (submitted || saved === changes) return;
  keep(true);
  send(true);
}

if (form) {
  offer();
  form.addEventListener("input", () => {
    changes += 1;
    clearTimeout(timer);
    timer = setTimeout(send, 1500);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // A save under way will change the version: wait for it, or one would conflict with oneself.
    if (flight) {
      event.preventDefault();
      flight.then(() => form.requestSubmit(event.submitter));
    } else {
      submitted = true;
      keep(true);
    }
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", () => { submitted = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
}
