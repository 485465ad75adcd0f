// The plan: starred sessions with what was known of them, kept in this browser alone; and the stars.
export const MOST = 200;
const FORMAT = "conference-helper-plan";
const VERSION = 1;
const KEY = `${FORMAT} ${new URL("..", import.meta.url).pathname}`;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d(:\d\d)?)?)?$/;
const UNREADABLE = "The plan that this browser keeps cannot be read. The page My plan says what can be done.";
const REFUSED = "This browser keeps nothing for this page (in private windows some do not), so there can be no plan.";

// Return what is kept of a session: texts and times as they should be, whoever wrote them; null without an id.
export function facts(given) {
  if (typeof given?.id !== "string" || !ID.test(given.id)) return null;
  const text = (name) => (typeof given[name] === "string" ? given[name].slice(0, 500) : "");
  const time = (name) => (TIME.test(text(name)) && !isNaN(new Date(text(name))) ? text(name) : "");
  const year = Number.isInteger(given.year) ? given.year : 0;
  return { id: given.id, title: text("title"), event: text("event"), year, room: text("room"), starts_at: time("starts_at"), ends_at: time("ends_at") };
}

// Return the sessions of a plan's text by id, and how many of them could not be used. Throws if it is no plan.
export function parse(text) {
  const plan = JSON.parse(text);
  if (plan?.format !== FORMAT || plan.version !== VERSION || !Array.isArray(plan.sessions)) throw new Error("no plan");
  const usable = plan.sessions.map(facts).filter(Boolean);
  const sessions = new Map(usable.slice(0, MOST).map((session) => [session.id, session]));
  return { sessions, lost: plan.sessions.length - sessions.size };
}

export function write(sessions) {
  return JSON.stringify({ format: FORMAT, version: VERSION, sessions: [...sessions.values()] });
}

// Return the plan, or what keeps it from being read: `trouble` is a sentence, `damaged` the text as it is kept.
export function load() {
  const none = { sessions: new Map(), lost: 0, trouble: "", damaged: "" };
  let text = null;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    return { ...none, trouble: REFUSED };
  }
  try {
    return text ? { ...none, ...parse(text) } : none;
  } catch {
    return { ...none, trouble: UNREADABLE, damaged: text };
  }
}

// Keep these sessions and show it; return whether they were kept.
export function save(sessions) {
  if (sessions.size > MOST) return say(`A plan holds ${MOST} sessions at most. Remove some of it first.`);
  try {
    localStorage.setItem(KEY, write(sessions));
  } catch {
    return say(REFUSED);
  }
  dispatchEvent(new Event("plan"));
  return true;
}

// Tell people what went wrong, on any page; return false.
export function say(text) {
  told.textContent = text;
  return false;
}

const told = document.createElement("p");
told.className = "told";
told.setAttribute("role", "status");
document.body.append(told);

function toggle(button) {
  const { sessions, trouble } = load();
  if (trouble) return say(trouble);
  const session = facts(JSON.parse(button.dataset.session));
  if (!sessions.delete(session.id)) sessions.set(session.id, session);
  return save(sessions) && say("");
}

function show() {
  const { sessions } = load();
  for (const button of document.querySelectorAll("button.star")) {
    const { id, title } = JSON.parse(button.dataset.session);
    button.setAttribute("aria-pressed", sessions.has(id));
    button.setAttribute("aria-label", `Keep in my plan: ${title}`);
    button.title = sessions.has(id) ? "In my plan" : "Keep in my plan";
    button.hidden = false;
  }
  for (const count of document.querySelectorAll(".kept")) count.textContent = sessions.size ? ` (${sessions.size})` : "";
  for (const box of document.querySelectorAll("input[name=fits]")) {
    const timed = [...sessions.values()].filter(({ starts_at: starts }) => starts);
    if (timed.length) box.value = timed.map(({ id }) => id).join(",");
    box.closest(".fits").hidden = !box.value;
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button.star");
  if (button) toggle(button);
});
addEventListener("plan", show);
addEventListener("drawn", show);
addEventListener("storage", ({ key }) => {
  if (key === KEY || key === null) dispatchEvent(new Event("plan"));
});
show();
