// Saves a form by itself while one writes, and says so. Without it the buttons save: the server decides all the same.
const AGAIN = 15_000; // after a try that did not reach us
const form = document.querySelector("form[data-autosave]");
const PAUSE = Number(form.dataset.pause ?? 2_000); // after the last key
const LONGEST = 5 * PAUSE; // while one goes on writing
const line = document.getElementById("autosave");
const offer = document.getElementById("autosave-kept");
const place = form.dataset.keeper && `pitchfest ${form.dataset.keeper} ${location.pathname}`; // "" on a shared computer
let timer = null;
let waitingSince = 0;
let running = null; // the save on its way
let reached = written(); // what the server has of this page
let away = false; // the last try did not reach us
let over = false; // nothing more is saved by itself: the form is on its way, or refused for good

function written() {
  const fields = new FormData(form);
  for (const name of ["csrf_token", "form_token", "parent", "beside", "version"]) fields.delete(name);
  return new URLSearchParams(fields).toString();
}

function say(text, other = "") {
  line.hidden = false;
  line.textContent = text;
  if (!other) return;
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = other;
  link.textContent = "See both texts";
  line.append(" ", link);
}

function token() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Words that have not reached us, kept in this browser for this person alone.
const shelf = {
  put: () => place && attempt(() => localStorage.setItem(place, JSON.stringify({ at: Date.now(), text: written() }))),
  clear: () => place && attempt(() => localStorage.removeItem(place)),
  get: () => (place ? attempt(() => JSON.parse(localStorage.getItem(place))) : null),
};

function attempt(act) {
  try {
    return act();
  } catch {
    return null; // the browser keeps nothing, or is full: the server still does
  }
}

function changed() {
  if (over || written() === reached) return;
  shelf.put();
  waitingSince ||= Date.now();
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(PAUSE, waitingSince + LONGEST - Date.now())));
}

function save(leaving = false) {
  clearTimeout(timer);
  if (running || over || written() === reached) return running;
  waitingSince = 0;
  const text = written();
  const body = new FormData(form);
  body.set("form_token", token());
  say("Saving…");
  running = send(new URLSearchParams(body), text, leaving).finally(() => {
    running = null;
    changed();
  });
  return running;
}

async function send(body, text, leaving) {
  let answer;
  try {
    answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
      keepalive: leaving,
    });
    away = false;
  } catch {
    away = true;
    say(place ? "Offline. Your words are kept in this browser until you are back." : "Offline. Keep this page open.");
    timer = setTimeout(save, AGAIN);
    return;
  }
  if (answer.type === "opaqueredirect") {
    over = true;
    say("You were signed out. What you wrote is kept: sign in again and you will find it.");
    return;
  }
  const told = await answer.json().catch(() => ({ said: "Not saved yet. We try again." }));
  say(told.said, told.other);
  line.classList.toggle("pf-saved", !told.unfit);
  line.classList.toggle("govuk-body", Boolean(told.unfit));
  if (answer.ok) {
    for (const [name, value] of Object.entries(told.fields)) form.elements[name].value = value;
    for (const [id, words] of Object.entries(told.texts ?? {})) document.getElementById(id).textContent = words;
    reached = text;
    settled();
    if (written() === reached) shelf.clear();
  } else if (answer.status >= 500) {
    timer = setTimeout(save, AGAIN);
  } else if (answer.status !== 422) {
    over = true; // closed, withdrawn, or no longer ours to write: the words stay on the page
  } else {
    reached = text; // as it stands it cannot be saved; the next change is tried again
  }
}

// What was saved needs no warning when one leaves.
function settled() {
  for (const field of form.elements) {
    if (field.matches("textarea, input[type=text]")) field.defaultValue = field.value;
  }
}

function offerBack() {
  const kept = shelf.get();
  if (!kept?.text || kept.text === reached) return shelf.clear();
  offer.querySelector("span").textContent = new Date(kept.at).toLocaleString("en-GB", {
    weekday: "long",
    hour: "numeric",
    minute: "2-digit",
  });
  offer.hidden = false;
  offer.addEventListener("click", (event) => {
    if (!event.target.value) return;
    if (event.target.value === "back") putBack(new URLSearchParams(kept.text));
    shelf.clear();
    offer.hidden = true;
    changed();
  });
}

function putBack(fields) {
  for (const field of form.elements) {
    if (field.matches("textarea, input[type=text], select")) field.value = fields.get(field.name) ?? field.value;
    if (field.matches("input[type=radio], input[type=checkbox]")) {
      field.checked = fields.getAll(field.name).includes(field.value);
    }
  }
  form.querySelector("textarea, input[type=text]")?.dispatchEvent(new Event("input", { bubbles: true }));
}

form.addEventListener("input", changed);
form.addEventListener("change", changed);
addEventListener("online", () => save());
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save(true));
form.addEventListener("submit", async (event) => {
  const unheard = written() !== reached && (away || !navigator.onLine);
  if (over || !(running || unheard)) {
    over = true; // what is kept here stays until this page shows it: the connection may end on the way
    return;
  }
  event.preventDefault(); // the button's save goes on top of the one on its way, not beside it
  await (running ?? save());
  if (away) return; // offline: this page stays, and the words on it
  over = true;
  form.requestSubmit(event.submitter);
});
offerBack();
