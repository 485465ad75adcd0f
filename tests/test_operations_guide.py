"""The operations guide names only what exists."""

import re
from pathlib import Path

from conference_helper.cli import EXIT_CODES, main
from service.settings import PREFIX, variables

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs/operations.md").read_text("utf-8")
OF_TESTS = {"TEST_QDRANT_URL", "TEST_QDRANT_API_KEY"}


def test_settings_it_names_exist() -> None:
    names = set(re.findall(r"CONFERENCE_HELPER_([A-Z_]+)", GUIDE)) - OF_TESTS
    names |= set(re.findall(r"`(QDRANT_[A-Z_]+)[`=]", GUIDE))
    assert len(names) > 10
    assert {PREFIX + name for name in names} <= set(variables())


def test_commands_it_names_exist() -> None:
    commands = set(re.findall(r"conference-helper ([a-z]+)", GUIDE))
    assert {"backup", "restore", "verify", "migrate", "rollback", "generations"} <= commands
    assert commands <= set(main.commands)


def test_metrics_it_names_exist() -> None:
    source = (ROOT / "service/web/metrics.py").read_text("utf-8")
    for name in re.findall(r"`conference_helper_([a-z_]+?)(?:_total)?`", GUIDE):
        assert f'"conference_helper_{name}"' in source, name


def test_every_exit_code_is_explained() -> None:
    line = next(line for line in GUIDE.splitlines() if line.startswith("Exit codes:"))
    assert all(re.search(rf"\b{code}\b", line) for _, code in EXIT_CODES)
