"""YAML and front matter that is damaged, dangerous or merely surprising."""

import pytest

from loaders.sites.front_matter import clean_body, has_front_matter, split_page
from loaders.sites.yaml_values import parse_yaml
from service.errors import InputError

BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{number}: &a{number} [{','.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 12)
)


def test_scalars_stay_as_they_are_written() -> None:
    text = "a: 10:00\non: yes\nb: 012\nc: 2026-05-12\nd: ~\ne: '~'\nf: 1_000\n"
    assert parse_yaml("x.yml", text)[0] == {
        "a": "10:00", "on": "yes", "b": "012", "c": "2026-05-12", "d": None, "e": "~", "f": "1_000",
    }  # fmt: skip


def test_aliases_and_merged_keys_stand_for_what_they_name() -> None:
    value, notes = parse_yaml(
        "x.yml", "a: &a {room: Deck, day: 1}\nb: {<<: *a, day: 2}\nc: *a\nb: 3\n"
    )
    assert value == {"a": {"room": "Deck", "day": "1"}, "b": "3", "c": {"room": "Deck", "day": "1"}}
    assert notes == ["x.yml:4: the key 'b' is given twice"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BOMB, r"x\.yml:\d+: its aliases .* stand for more than"),
        ("[" * 100_000, r"x\.yml:1: it nests too deeply"),
        ("- " * 100_000, r"x\.yml:1: it nests too deeply"),
        ("a: &a [*a]", r"x\.yml:1: the YAML alias \*a stands for nothing, or for itself"),
        ("b: 1\na: !!python/object/apply:os.system [ls]", r"x\.yml:2: the YAML tag .* constructs"),
        ("a: !ruby/object:X {}", "constructs"),
        ("a:\n\t- b", r"x\.yml:2: not valid YAML .* Indent with spaces, not tabs"),
        ("<<<<<<< HEAD\na: 1\n", r"x\.yml:2: not valid YAML"),
        ("{[a]: b}", "cannot be a key"),
        ("\0", "not valid YAML"),
    ],
)
def test_what_is_refused_is_named_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        parse_yaml("x.yml", text)


def test_a_file_of_too_many_values_is_to_be_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.sites.yaml_values.MAX_VALUES", 5)
    with pytest.raises(InputError, match=r"x\.yml:5: the file holds more than 5 values. Split it"):
        parse_yaml("x.yml", "- a\n" * 10)


@pytest.mark.parametrize(
    ("text", "values", "body"),
    [
        ("---\na: 1\n---\nB\n---\nC", {"a": "1"}, "B\n---\nC"),
        ("\ufeff---\r\na: 1\r\n...\r\nB", {"a": "1"}, "B"),
        ("---\n---\nB", {}, "B"),
        ("+++\nday = 2026-05-12\nat = 10:00:00\nok = true\nn = 1\n+++\nB",
         {"day": "2026-05-12", "at": "10:00:00", "ok": "true", "n": "1"},
         "B"),
        ('{"a": 1}\n\nB', {"a": 1}, "B"),
    ],
)  # fmt: skip
def test_front_matter_in_three_languages(text: str, values: dict[str, object], body: str) -> None:
    page = split_page("x.md", text)
    assert (page.values, page.body) == (values, body)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\na: 1\n", r"x\.md:1: its front matter does not end\. Close it with a line of ---"),
        ("+++\na = \n+++\n", r"x\.md:2: not valid TOML"),
        ("+++\na = " + "[" * 5_000 + "\n+++\n", r"x\.md.*: not valid TOML"),
        ("---\n- a\n---\n", r"x\.md:1: its front matter holds no keys"),
        ("---\na: b: c\n---\n", r"x\.md:2: not valid YAML"),
        ('{"a": }', r"x\.md:1: its front matter is not valid JSON"),
        ("text", "no front matter"),
    ],
)
def test_damaged_front_matter_is_named_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        split_page("x.md", text)


def test_bodies_lose_what_only_a_sites_program_understands() -> None:
    body = 'import X from "x"\n\nKnots {{< icon >}} hold.{: .lead}\n<Note kind="a">Tied.</Note>\n{: .wide}'
    assert clean_body(body, is_mdx=True) == "Knots  hold.{: .lead}\nTied."
    assert not has_front_matter("{% include x %}")
