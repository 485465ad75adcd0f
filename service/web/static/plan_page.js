// The page of a plan: the own one is drawn by the server from the ids that this browser keeps, and what changed
// since a session was starred is told beside it; a shared one can be kept.
import { MOST, facts, load, parse, save, say, write } from "./plan.js";

const LONGEST_FILE = 1_000_000;
const place = document.getElementById("plan");
const tools = document.getElementById("tools");
const trouble = document.getElementById("trouble");
const said = document.getElementById("said");
const isOwn = "own" in place.dataset;
const nothing = [...place.childNodes];
let shown = null; // the sessions that the page shows, by id
let drawing = 0;

const wall = (time) => time.slice(0, 16);
const clock = (time) => time.slice(11, 16);
const isZoned = (time) => /T.*[+-]\d\d:\d\d$/.test(time);
const isSame = (one, other) =>
  one === other || (isZoned(one) && isZoned(other) ? Date.parse(one) === Date.parse(other) : wall(one) === wall(other));

function day(time) {
  const date = new Date(`${time.slice(0, 10)}T00:00Z`);
  const parts = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat("en-GB", parts).format(date).replaceAll(",", "");
}

// Say when a session was: with its day, unless that is the day it is on now.
function when({ starts_at: starts, ends_at: ends }, today = "") {
  if (!starts) return "without a time";
  const end = ends && clock(ends) && clock(starts) ? `–${clock(ends)}` : "";
  const date = starts.slice(0, 10) === today.slice(0, 10) && clock(starts) ? "" : day(starts);
  return [date, clock(starts) && `${clock(starts)}${end}`].filter(Boolean).join(", ");
}

// Return what has changed of a session since it was starred, as parts of a sentence: was 10:00, Janson.
export function changes(before, now) {
  const isMoved = !isSame(before.starts_at, now.starts_at) || !isSame(before.ends_at, now.ends_at);
  const told = [];
  const otherRoom = before.room === now.room ? "" : before.room;
  if (isMoved) told.push(`was ${when(before, now.starts_at)}${otherRoom && `, ${otherRoom}`}`);
  else if (otherRoom) told.push(`was in ${otherRoom}`);
  if (!before.room && now.room) told.push("had no room");
  if (before.title !== now.title) told.push(`was called “${before.title}”`);
  return told;
}

function element(name, values, ...children) {
  const made = Object.assign(document.createElement(name), values);
  made.append(...children);
  return made;
}

function button(does, label, session) {
  const made = element("button", { type: "button", className: "noted", textContent: label });
  made.setAttribute("aria-label", `${label}: ${session.title}`);
  Object.assign(made.dataset, { does, id: session.id });
  return made;
}

const starred = (root) =>
  [...root.querySelectorAll(".entry > .row > .star")].map((star) => [star.closest(".entry"), facts(JSON.parse(star.dataset.session))]);

// Tell at each session what has changed of it; what was kept without a title is filled in.
function tellChanges(root, sessions) {
  for (const [entry, now] of starred(root)) {
    const before = sessions.get(now.id);
    const told = before?.title ? changes(before, now) : [];
    if (!told.length) continue;
    const label = told.every((one) => one.startsWith("was called")) ? "Renamed" : "Moved";
    const text = `${label}: ${told.join(", ")}. `;
    const moved = element("p", { className: "moved" }, element("strong", { textContent: text }), button("note", "Noted", now));
    entry.querySelector(".row").after(moved);
  }
}

// List sessions from what this browser keeps of them.
function remembered(heading, note, sessions, withButton) {
  const items = sessions.map((session) => {
    const where = [session.event && `${session.event} ${session.year}`, `was ${when(session)}`, session.room].filter(Boolean).join(", ");
    const title = element("p", { className: "title", dir: "auto", textContent: session.title || session.id });
    const entry = element("li", { className: "entry gone" }, title, element("p", { className: "place", textContent: where }));
    if (withButton) entry.append(button("forget", "Remove", session));
    return entry;
  });
  return element("section", { className: "edition" }, element("h2", { textContent: heading }), element("p", { className: "note", textContent: note }), element("ul", {}, ...items));
}

// Draw the own plan anew: by the server, or, where that cannot be reached, from what is kept.
async function draw(sessions) {
  const number = (drawing += 1);
  if (!sessions.size) return place.replaceChildren(...nothing);
  let nodes;
  try {
    const answer = await fetch(`${location.pathname}?ids=${[...sessions.keys()].join(",")}`);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("plan");
    tellChanges(page, sessions);
    const told = page.querySelectorAll(".row > .star, .gone .star");
    const there = new Set([...told].map((star) => JSON.parse(star.dataset.session).id));
    const gone = [...sessions.values()].filter((session) => !there.has(session.id));
    page.querySelector("[data-unknown]")?.remove();
    if (gone.length) page.prepend(remembered("No longer in the programme", "They were taken out long ago, or are of another programme.", gone, true));
    nodes = [...page.childNodes];
  } catch {
    const known = [...sessions.values()].sort((one, other) => (one.starts_at < other.starts_at ? -1 : 1));
    nodes = [remembered("Kept in this browser", "The programme cannot be reached just now. This is what was known when the sessions were starred.", known, false)];
  }
  if (number !== drawing) return;
  const focused = document.activeElement?.closest?.("#plan [data-session], #plan [data-id]");
  const id = focused && (focused.dataset.id ?? JSON.parse(focused.dataset.session).id);
  place.replaceChildren(...nodes);
  dispatchEvent(new Event("drawn"));
  if (!id) return;
  const again = [...place.querySelectorAll(".star")].find((star) => JSON.parse(star.dataset.session).id === id);
  (again ?? said).focus();
}

function tell(text, ...buttons) {
  said.replaceChildren(text, ...buttons);
}

function showTrouble({ trouble: sentence, damaged, lost }) {
  const some = lost ? `${lost} of the sessions that this browser keeps cannot be read and are left out.` : "";
  trouble.hidden = !(sentence || some);
  trouble.querySelector("p").textContent = sentence || some;
  trouble.querySelector(".acts").hidden = !damaged;
}

function showOwn() {
  const plan = load();
  showTrouble(plan);
  tools.hidden = !!plan.trouble;
  for (const does of ["share", "copy", "subscribe", "export", "clear"])
    tools.querySelector(`[data-does="${does}"]`).hidden = !plan.sessions.size;
  for (const does of ["share", "subscribe"])
    tools.querySelector(`[data-does="${does}"]`).search = `?ids=${[...plan.sessions.keys()].join(",")}`;
  const removed = [...(shown?.values() ?? [])].filter((session) => !plan.sessions.has(session.id));
  if (removed.length) {
    const undo = element("button", { type: "button", textContent: "Undo" });
    undo.addEventListener("click", () => {
      save(new Map([...removed.map((one) => [one.id, one]), ...load().sessions]));
      tell("They are back.");
      said.focus();
    });
    tell(removed.length === 1 ? `Removed: ${removed[0].title}.` : `Removed ${removed.length} sessions.`, undo);
  }
  shown = plan.sessions;
  return plan.trouble ? undefined : draw(plan.sessions);
}

// Return the sessions of a shared plan that are not in the own one.
function others() {
  const { sessions } = load();
  return starred(place).map(([, session]) => session).filter(({ id }) => !sessions.has(id));
}

function showShared() {
  const plan = load();
  showTrouble({ ...plan, lost: 0 });
  const count = others().length;
  const keep = tools.querySelector("[data-does=keep]");
  tools.hidden = !!plan.trouble;
  keep.hidden = !count;
  keep.textContent = count === 1 ? "Keep this one in my plan" : `Keep these ${count} in my plan`;
  tools.querySelector(".all").hidden = !!count || !starred(place).length;
}

// Add sessions to the plan; what it has of them stays as it is. Say how many were new.
function add(found, lost = 0) {
  const { sessions, trouble: sentence } = load();
  if (sentence) return say(sentence);
  const all = new Map([...sessions, ...found.filter(({ id }) => !sessions.has(id)).map((one) => [one.id, one])]);
  const count = all.size - sessions.size;
  if (!save(all)) return false;
  const before = found.length - count;
  const parts = [`${count} added`, before && `${before} ${before === 1 ? "was" : "were"} there already`, lost && `${lost} could not be read`];
  tell(`${parts.filter(Boolean).join(", ")}.`);
  return true;
}

function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function read(file) {
  try {
    if (file.size > LONGEST_FILE) throw new Error("too long");
    const { sessions, lost } = parse(await file.text());
    add([...sessions.values()], lost);
  } catch {
    say(`${file.name} is no plan that was saved here: nothing was added.`);
  }
}

const file = document.getElementById("file");
const acts = {
  copy: async () => {
    const address = tools.querySelector("[data-does=share]").href;
    try {
      await navigator.clipboard.writeText(address);
      tell("The link is copied.");
    } catch {
      tell("This browser does not let the page copy. The link: ", element("a", { href: address, textContent: address }));
    }
  },
  export: () => download(write(load().sessions), "plan.json"),
  import: () => file.click(),
  clear: () => save(new Map()),
  keep: () => add(others()),
  rescue: () => download(load().damaged, "damaged-plan.txt"),
  restart: () => save(new Map()),
  forget: ({ id }) => save(new Map([...load().sessions].filter(([kept]) => kept !== id))),
  note: ({ id }) => {
    const now = starred(place).find(([, session]) => session.id === id)[1];
    save(new Map(load().sessions).set(id, now));
  },
};

document.addEventListener("click", ({ target }) => {
  const pressed = target.closest?.("button[data-does]");
  if (pressed) acts[pressed.dataset.does]?.(pressed.dataset);
});
file?.addEventListener("change", () => {
  if (file.files.length) read(file.files[0]);
  file.value = "";
});
const show = isOwn ? showOwn : showShared;
addEventListener("plan", show);
show();
