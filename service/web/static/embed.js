// <conference-search>: asks a Conference Helper from any page. Attributes with the names of filters (event, year,
// track, ...) hold for every question; `limit`, `label` and `placeholder` set what they say. Colours follow the page's
// own text colour and these variables: --conference-search-accent, --conference-search-on-accent,
// --conference-search-mark, --conference-search-border and --conference-search-radius.
(() => {
  const base = new URL(".", document.currentScript.src).href;
  const FILTERS = ["event", "year", "day", "from", "to", "room", "kind", "track", "level", "language", "speaker"];
  const CSS = `
    :host { display: block; color: inherit; font: inherit; overflow-wrap: anywhere; text-align: start; }
    :host([hidden]), [hidden] { display: none; }
    * { box-sizing: border-box; margin: 0; }
    form, .field { display: flex; flex-wrap: wrap; gap: .5em; }
    label { flex: 1 0 100%; font-weight: 600; }
    input { flex: 1 1 12em; min-width: 0; }
    input, button { font: inherit; padding: .55em .8em; border-radius: var(--conference-search-radius, 8px); min-height: 2.5em; }
    input { color: inherit; background: transparent; border: 1px solid var(--conference-search-border, color-mix(in srgb, currentColor 55%, transparent)); }
    input::placeholder { color: inherit; opacity: .75; }
    button { border: 1px solid transparent; background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
    :host {
      --accent: var(--conference-search-accent, light-dark(#0b6e66, #5ec8bb));
      --on-accent: var(--conference-search-on-accent, light-dark(#fff, #06231f));
      --line: var(--conference-search-border, color-mix(in srgb, currentColor 22%, transparent));
    }
    a { color: var(--accent); }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    section { margin-top: 1.25em; }
    h2 { font-size: 1.2em; line-height: 1.3; }
    h3 { font-size: 1.05em; line-height: 1.35; }
    ol, ul { list-style: none; padding: 0; }
    ol > li { border-top: 1px solid var(--line); padding: .8em 0; margin-top: .8em; }
    .facts { display: flex; flex-wrap: wrap; gap: 0 1em; font-size: .92em; }
    .snippet { margin-top: .3em; font-size: .95em; }
    .cancelled { font-weight: 700; }
    h3 a, .links a { display: inline-block; min-height: 24px; }
    .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    mark { background: var(--conference-search-mark, light-dark(#fdeeb5, #5b4a12)); color: inherit; }
    @media (forced-colors: active) { mark { background: Mark; color: MarkText; } button { border-color: ButtonText; } }
    @media print { form { display: none; } }`;

  // Return an element with attributes and children; texts become text, whatever they hold.
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
    element.append(...children.flat().filter((child) => child !== ""));
    return element;
  }

  // Return when a session is, in its own zone: the text of its times is the local one there.
  function when({ starts_at: starts, ends_at: ends, timezone }) {
    if (!starts) return "";
    const day = (time) => new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
      .format(new Date(`${time.slice(0, 10)}T12:00:00Z`)).replace(",", "");
    const clock = (time) => time.slice(11, 16);
    if (clock(starts) === "00:00" && (!ends || ends === starts)) return day(starts);
    const same = ends?.slice(0, 10) === starts.slice(0, 10);
    const until = !ends ? "" : same ? `–${clock(ends)}` : ` to ${day(ends)}, ${clock(ends)}`;
    const zone = !timezone ? "local time" : /^[+-]/.test(timezone) ? `UTC${timezone}` : `${timezone.replaceAll("_", " ")} time`;
    return `${day(starts)}, ${clock(starts)}${until} ${zone}`;
  }

  function highlighted({ text, marks }) {
    const letters = [...text];  // positions count characters, as Python does
    const cut = (start, end) => letters.slice(start, end).join("");
    let done = 0;
    const parts = marks.flatMap(([start, end]) => {
      const before = cut(done, start);
      done = end;
      return [before, make("mark", {}, cut(start, end))];
    });
    return [...parts, cut(done)];
  }

  function item({ session, snippet, occurrences }) {
    const event = session.event.includes(session.year) ? session.event : `${session.event} ${session.year}`;
    const facts = [when(session), session.room, event].filter(Boolean);
    const others = occurrences.length - 1;
    return make("li", {},
      make("h3", { dir: "auto", lang: session.language?.length === 2 ? session.language : undefined },
        make("a", { href: `${base}sessions/${encodeURIComponent(session.id)}` }, session.title)),
      make("ul", { class: "facts" },
        session.cancelled ? make("li", { class: "cancelled" }, "Cancelled") : "",
        facts.map((fact) => make("li", { dir: "auto" }, fact))),
      session.speakers.length ? make("p", { dir: "auto" }, `With ${session.speakers.join(", ")}`) : "",
      snippet?.marks.length ? make("p", { class: "snippet", dir: "auto" }, highlighted(snippet)) : "",
      others > 0 ? make("p", {}, `Given ${others === 1 ? "once" : `${others} times`} more`) : "");
  }

  class ConferenceSearch extends HTMLElement {
    #asking = null;

    connectedCallback() {
      if (this.shadowRoot) return;
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      const root = this.attachShadow({ mode: "open", delegatesFocus: true });
      root.adoptedStyleSheets = [sheet];
      const label = this.getAttribute("label") || "Ask about the programme in plain words";
      const placeholder = this.getAttribute("placeholder") || "Your question";
      this.input = make("input", { id: "q", type: "search", name: "q", required: "", dir: "auto", autocapitalize: "none", enterkeyhint: "search", maxlength: "2000", placeholder });
      this.form = make("form", { role: "search", "aria-label": label },
        make("label", { for: "q" }, label), this.input, make("button", { type: "submit" }, "Search"));
      this.status = make("p", { class: "sr", role: "status" });
      this.found = make("section", { "aria-labelledby": "heading", hidden: "" });
      root.append(this.form, this.status, this.found);
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask(this.input.value);
      });
    }

    // Return the parameters of a question, with the filters that the page has set.
    parameters(question) {
      const given = FILTERS.flatMap((name) => (this.getAttribute(name) ?? "").split("|").map((value) => [name, value.trim()]));
      return new URLSearchParams([["q", question], ...given.filter(([, value]) => value)]);
    }

    async ask(question) {
      if (!question.trim()) return;
      this.#asking?.abort();
      const asking = (this.#asking = new AbortController());
      const parameters = this.parameters(question);
      const page = `${base}?${parameters}`;
      parameters.set("limit", this.getAttribute("limit") || "3");
      this.status.textContent = "Searching";
      this.found.setAttribute("aria-busy", "true");
      let answer;
      try {
        const response = await fetch(`${base}api/search?${parameters}`, { signal: asking.signal, credentials: "omit", referrerPolicy: "no-referrer" });
        answer = await response.json();
      } catch (error) {
        if (asking.signal.aborted) return;
        console.error(`conference-search: ${base} does not answer, or ${location.origin} is not among its CONFERENCE_HELPER_ALLOWED_ORIGINS.`, error);
        answer = { error: { message: "The search cannot be reached just now. Try again in a moment." } };
      }
      if (asking.signal.aborted) return;
      this.found.removeAttribute("aria-busy");
      this.show(answer, page);
    }

    show(answer, page) {
      const heading = answer.error ? "That did not work" : answer.heading;
      const notes = answer.error ? [answer.error.message] : answer.notes;
      if (answer.corrected) notes.unshift(`Showing results for “${answer.corrected.to}”.`);
      const understood = (answer.understood ?? []).filter((one) => !one.dropped).map((one) => one.text);
      if (understood.length) notes.push(`Understood: ${understood.join(", ")}.`);
      this.found.replaceChildren(
        make("h2", { id: "heading", dir: "auto" }, heading),
        ...notes.map((note) => make("p", { dir: "auto" }, note)),
        make("ol", {}, (answer.results ?? []).map(item)),
        make("p", { class: "links" }, make("a", { href: page }, answer.error ? "Ask on the page itself" : "More results and filters")));
      this.found.hidden = false;
      this.status.textContent = `${heading}. ${notes.join(" ")}`;
    }
  }

  if (!customElements.get("conference-search")) customElements.define("conference-search", ConferenceSearch);
})();
