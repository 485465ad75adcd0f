import pytest

from service.session import Session
from service.talks import is_same_talk


def talk(title: str, *speakers: str, year: int = 2025) -> Session:
    return Session(event="E", year=year, source_id="1", title=title, speakers=speakers)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (talk("Maps!", "Zoë B. Berg"), talk("maps", "Berg, Zoe", "Ana Ruiz", year=2026), True),
        (talk("Maps", "Zoë Berg"), talk("Maps", "Ana Ruiz"), False),
        (talk("Maps", "Zoë Berg"), talk("Charts", "Zoë Berg"), False),
        (talk("Keynote"), talk("KEYNOTE", year=2026), True),
        (talk("Keynote", "Ana Ruiz"), talk("Keynote"), False),
        (talk("数据分析", "李明"), talk("数据分析", "李明", year=2026), True),
    ],
)
def test_sittings_of_one_talk(one: Session, other: Session, same: bool) -> None:
    assert is_same_talk(one, other) is same
    assert is_same_talk(other, one) is same
