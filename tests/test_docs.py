"""README and docs/ tell the truth: every command, setting, route, error and exit code, and no dead link."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conference_helper import cli
from service.settings import PREFIX, variables
from service.web import create_app
from service.web.errors import STATUS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SITE = sorted(DOCS.glob("*.md"))
PAGES = [*(ROOT / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md")), *SITE]
TEXT = {page.name: page.read_text("utf-8") for page in PAGES}
OF_TESTS = {
    f"TEST_{name}"
    for name in ("QDRANT_URL", "QDRANT_API_KEY", "QDRANT_BINARY", "DATA", "LONG", "ROUNDS", "SEED")
}
NAVIGATION = re.findall(r'"(\w+\.md)"', (ROOT / "zensical.toml").read_text("utf-8"))
FOLDERS = "conference_helper|service|loaders|evaluation|training|benchmarks|samples|ops|docs|tests"


def test_generated_parts_are_up_to_date() -> None:
    command = [sys.executable, "docs/generate.py", "--check"]
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", cli.main.commands)
def test_every_command_has_a_section_with_its_help(name: str) -> None:
    assert f"\n### {name}\n" in TEXT["commands.md"]
    assert f"Usage: conference-helper {name} " in TEXT["commands.md"]


def test_every_setting_stands_in_the_settings() -> None:
    assert [name for name in variables() if f"\n`{name}`" not in TEXT["settings.md"]] == []


def test_every_route_and_error_stands_in_the_api() -> None:
    app = create_app(None)  # type: ignore[arg-type]  # routes need no searcher
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(rule)) for rule in app.url_map.iter_rules()}
    page = TEXT["api.md"]
    assert [r for r in sorted(routes) if f"`{r}`" not in page and "static" not in r] == []
    assert [code for _, code in STATUS.values() if f"`{code}`" not in page] == []


def test_every_exit_code_stands_with_the_commands() -> None:
    table = TEXT["commands.md"].partition("## Exit codes")[2]
    for code in {0, *(code for _, code in cli.EXIT_CODES)}:
        assert re.search(rf"^\| {code} \|", table, re.M), f"no exit code {code}"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_explained(shell: str) -> None:
    assert f"_CONFERENCE_HELPER_COMPLETE={shell}_source conference-helper" in TEXT["commands.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_only_settings_and_commands_that_exist_are_named(page: Path) -> None:
    settings = set(re.findall(r"\bCONFERENCE_HELPER_([A-Z]\w*)\b", TEXT[page.name]))
    settings |= set(re.findall(r"`(QDRANT_[A-Z_]+)[`=]", TEXT[page.name]))
    assert {PREFIX + name for name in settings - OF_TESTS} <= set(variables())
    commands = set(re.findall(r"conference-helper ([a-z][a-z-]+)", TEXT[page.name]))
    assert commands <= set(cli.main.commands)


def test_metrics_of_the_operations_guide_exist() -> None:
    source = (ROOT / "service/web/metrics.py").read_text("utf-8")
    metrics = re.findall(r"`conference_helper_([a-z_]+?)(?:_total)?`", TEXT["operations.md"])
    assert len(metrics) > 5
    assert [name for name in metrics if f'"conference_helper_{name}"' not in source] == []


def anchors(page: Path) -> set[str]:
    """The ids of a page's headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def links(page: Path) -> Iterator[str]:
    """Where a page's links and images lead, within these files."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", TEXT[page.name], flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("https://", "http://")):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(file), f"{page.name} links to {target}"
        if page in SITE:
            assert file.parent == DOCS, f"{page.name} links to {target}, which is not on the site"


def test_every_page_is_reachable() -> None:
    assert sorted(NAVIGATION) == [page.name for page in SITE]
    from_home = {target.partition("#")[0] for target in links(DOCS / "index.md")}
    from_readme = {target.partition("#")[0] for target in links(ROOT / "README.md")}
    for page in set(NAVIGATION) - {"index.md"}:
        assert page in from_home
        assert f"docs/{page}" in from_readme


@pytest.mark.parametrize("page", SITE, ids=lambda page: page.name)
def test_files_that_pages_name_exist(page: Path) -> None:
    for path in re.findall(rf"`((?:{FOLDERS})/[\w./-]*)`", TEXT[page.name]):
        assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_the_filter_field_shown_is_one_of_the_table() -> None:
    shown = re.search(r"```python\n(.+)\n```", TEXT["architecture.md"])
    assert shown and f"        {shown[1]},\n" in (ROOT / "service/filters.py").read_text("utf-8")


def test_every_package_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "docs" in project["project"]["optional-dependencies"]
    packages = {file.parent for file in ROOT.glob("[cslet]*/**/__init__.py")}
    for package in packages - {ROOT / "tests/support"}:
        name = f"`{package.relative_to(ROOT).as_posix()}/`"
        assert name in TEXT["architecture.md"], f"no line for {name}"
