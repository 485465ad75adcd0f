"""Classify the files of a static site by folder and file name."""

import re
from collections.abc import Iterable
from functools import lru_cache

SESSIONS, SCHEDULE, PEOPLE, LOOKUP = "sessions", "schedule", "people", "lookup"
PAGES, BACKING, SETTINGS, BUILD, OTHER = "pages", "backing", "settings", "build", "other"

_ROLES = {
    SESSIONS: (
        "talk", "session", "presentation", "workshop", "tutorial", "keynote", "lecture", "paper", "panel",
        "charla", "ponencia", "palestra", "vortrag", "vortraege", "conferencia", "conference talk",
        "submission",
        "contribution", "plenary", "lightning talk", "poster", "ignite", "atelier", "abstract",
    ),
    SCHEDULE: (
        "schedule", "program", "programme", "agenda", "timetable", "programma", "programa", "programm",
        "horario", "fahrplan", "schedules",
    ),
    PEOPLE: (
        "speaker", "presenter", "people", "person", "author", "facilitator", "panelist", "instructor",
        "faculty",
        "organizer", "organiser", "team", "crew", "member", "staff", "volunteer", "committee", "host",
        "moderator", "ponente", "palestrante", "chair", "trainer",
    ),
    LOOKUP: (
        "room", "venue", "location", "place", "stage", "hall", "track", "categorie", "category", "format",
        "type",
        "level", "slot", "timeslot", "tag",
    ),
    PAGES: (
        "post", "blog", "new", "news", "page", "article", "job", "faq", "event page", "draft", "announcement",
        "video", "photo", "gallery", "testimonial", "question", "update",
    ),
    BACKING: ("sponsor", "partner", "exhibitor", "supporter", "communitie", "community", "ticket",
    "sponsorship"),
    SETTINGS: (
        "config", "setting", "site", "nav", "navigation", "menu", "metadata", "meta", "footer", "header",
        "info",
        "lang", "i18n", "translation", "link", "social", "author info", "theme", "schema", "conference",
        "event",
    ),
}  # fmt: skip
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words}
_LOOKUP_FIELDS = {
    "room": "room", "venue": "room", "location": "room", "place": "room", "stage": "room", "hall": "room",
    "track": "track", "categorie": "track", "category": "track", "format": "kind", "type": "kind",
    "level": "level", "slot": "slot", "timeslot": "slot", "tag": "tags",
}  # fmt: skip
_BUILD_FOLDERS = {
    "node_modules", "_site", "themes", "vendor", "bower_components", "archetypes", "layouts", "_layouts",
    "_includes", "includes", "dist", "build", "public", "out", "examplesite", "test", "tests", "spec",
    "__tests__",
    "i18n", "_drafts", "drafts", "resources", "templates", "template", "translations", "locales", "lang",
    "languages",
}  # fmt: skip
_DATA_FOLDERS = {"_data", "data", "_content", "content"}
_EARLIER = {
    "previous",
    "past",
    "old",
    "template",
    "backup",
    "bak",
    "test",
    "example",
    "sample",
    "demo",
}
_SPEAKERS = {
    "speaker",
    "presenter",
    "author",
    "facilitator",
    "panelist",
    "instructor",
    "ponente",
    "palestrante",
}
_TRANSLATED = re.compile(r"(.+)\.([a-z]{2}(?:[-_][a-z]{2})?)(\.\w+)", re.I)
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
_DATED = re.compile(r"^\d{4}-\d\d?-\d\d?")
_MARKDOWN = (".md", ".mdx", ".markdown")
_MARKERS = re.compile(
    r"(?:^|/)(?:_config[^/]*\.(?:ya?ml|toml)|hugo\.(?:ya?ml|toml|json)|config\.rb|polymer\.json|gulpfile[^/]*"
    r"|(?:eleventy|astro|next|nuxt|gatsby-|gatsby|svelte|vite|gridsome|docusaurus)\.?[^/]*config\.[cm]?[jt]s"
    r"|config\.(?:ya?ml|toml)|package\.json|gemfile|firebase\.json|netlify\.toml)$"
    r"|(?:^|/)(?:_data|_layouts|_includes|_posts|_pages|archetypes|layouts|config/_default)/",
    re.I,
)


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a file's or key's name, in lower case: "sessionIds" are session and ids."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return tuple(re.findall(r"[^\W_]+", spaced.lower()))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


@lru_cache(maxsize=4096)
def role_of(name: str) -> str:
    """Return what the name of a folder, file or list says that it holds; OTHER if it says nothing.

    The last word that says something counts, so that "speaker sessions" are sessions. Earlier editions'
    lists, samples and templates are OTHER.
    """
    words = words_of(name)
    if not _EARLIER.isdisjoint(words):
        return OTHER
    roles = [
        role for word in words if (role := _ROLE_OF.get(word) or _ROLE_OF.get(_singular(word)))
    ]
    return roles[-1] if roles else OTHER


def lookup_field(name: str) -> str:
    """Return the field whose values a list of this name explains: that of rooms for "rooms"."""
    fields = (
        _LOOKUP_FIELDS.get(word) or _LOOKUP_FIELDS.get(_singular(word)) for word in words_of(name)
    )
    return next(filter(None, fields), "")


def is_of_speakers(path: str) -> bool:
    """Return whether a list or folder is called for speakers, not for a team whose ids are others."""
    return any(
        _singular(word) in _SPEAKERS for part in path.split("/")[-2:] for word in words_of(part)
    )


def original_of(path: str) -> list[str]:
    """Return the names under which the original of a translated page may stand: talk.md for talk.ja.md."""
    match = _TRANSLATED.fullmatch(path)
    if not match or match[2].lower() == "en":
        return []
    return [f"{match[1]}{match[3]}", f"{match[1]}.en{match[3]}"]


def is_markdown(path: str) -> bool:
    """Return whether a file is Markdown, by its name."""
    return path.lower().endswith(_MARKDOWN)


def is_data(path: str) -> bool:
    """Return whether a file may hold a site's data, by its name."""
    return path.lower().endswith((".yml", ".yaml", ".json", ".toml"))


def stem_of(path: str) -> str:
    """Return a file's name without its ending; that of its folder for an index page."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    return folders[-1] if folders and stem in ("index", "_index") else stem


def is_marked(paths: Iterable[str]) -> bool:
    """Return whether files are those of a site, by what only programs that build sites use."""
    return any(_MARKERS.search(path) for path in paths)


def page_role(path: str) -> str:
    """Return what a Markdown file holds: the nearest folder that says something tells."""
    *folders, name = path.split("/")
    lowered = [folder.lower() for folder in folders]
    if not _BUILD_FOLDERS.isdisjoint(lowered):
        return BUILD
    stem = name.rpartition(".")[0].lower()
    if stem.startswith("_index") or (
        stem == "index" and folders and role_of(folders[-1]) in (SESSIONS, SCHEDULE)
    ):
        return PAGES
    roles = (
        role for folder in reversed(folders) if (role := role_of(folder)) not in (OTHER, SETTINGS)
    )
    role = next(roles, PAGES)
    return SESSIONS if role == SCHEDULE else role


def data_role(path: str) -> str | None:
    """Return what a data file is called for: OTHER if its name says nothing, None if it is no data file."""
    *folders, name = path.split("/")
    lowered = [folder.lower() for folder in folders]
    if not _BUILD_FOLDERS.isdisjoint(lowered):
        return None
    role = role_of(name.rpartition(".")[0])
    is_inside = not _DATA_FOLDERS.isdisjoint(lowered)
    if not is_inside and role not in (SESSIONS, SCHEDULE, PEOPLE) and "firebase-data" not in name:
        return None
    if (
        not is_inside
        and name.lower().endswith((".toml", ".json"))
        and folders not in ([], ["docs"])
    ):
        return None
    if role == OTHER and folders:
        role = next(
            (found for folder in reversed(folders) if (found := role_of(folder)) != OTHER), OTHER
        )
    return role


def edition_of(path: str) -> tuple[str, ...]:
    """Return the words of the edition that a path names with a year, such as 2019 and amsterdam.

    Without a year there is none. Words that say what a file holds are not the edition's.
    """
    found: tuple[str, ...] = ()
    *folders, name = path.split("/")
    for part in (*folders, name.rpartition(".")[0]):
        if _YEAR.search(part) and not _DATED.match(part):
            words = (
                word
                for word in words_of(part)
                if role_of(word) == OTHER and word not in ("day", "data")
            )
            found = tuple(sorted({*found, *words}))
    return found


def year_of(words: Iterable[str]) -> int | None:
    """Return the only year among an edition's words."""
    years = {int(match[0]) for word in words if (match := _YEAR.fullmatch(word))}
    return years.pop() if len(years) == 1 else None
