"""Sessions by id, sittings by talk and what speakers gave, in every store."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from support.stores import ENCODER, Written, talk

from service.errors import NotFoundError, QueryError
from service.search.lookup import Lookup
from service.search.searcher import Searcher

FIRST = talk(1, "Maps", year=2025, speakers=("Zoë B. Berg", "Ana Ruiz"))
AGAIN = talk(2, "MAPS!", speakers=("Berg, Zoe",), starts_at=datetime(2026, 5, 12, 9, tzinfo=UTC))
OTHER = talk(3, "Charts", speakers=("Zoë Berg",), starts_at=datetime(2026, 5, 13, 9, tzinfo=UTC))
NAMESAKE = talk(4, "Maps", speakers=("Zoë Bergmann",))
ALONE = talk(5, "Maps")
SIGNS = talk(6, "Silence", speakers=("???",))


@pytest.fixture
def lookup(written: Written) -> Lookup:
    store = written([FIRST, AGAIN, OTHER, NAMESAKE, ALONE, SIGNS])
    return Searcher(store, lambda fingerprint: ENCODER).lookup


def test_sittings_of_a_talk_and_what_speakers_gave(lookup: Lookup) -> None:
    assert lookup.talk(str(AGAIN.id)) == (AGAIN, (FIRST, AGAIN))
    assert lookup.talk(str(ALONE.id)) == (ALONE, (ALONE,))
    assert lookup.talk(str(SIGNS.id)) == (SIGNS, (SIGNS,))
    assert lookup.session(str(OTHER.id)) == OTHER

    berg = lookup.speaker("zoe berg")
    assert (berg.name, berg.sessions) == ("Zoë Berg", (OTHER, AGAIN, FIRST))
    assert lookup.speaker("Berg, Zoe").sessions == berg.sessions
    assert lookup.speaker("???").sessions == (SIGNS,)

    nobody = lookup.speaker("Ana Ruis")
    assert (nobody.name, nobody.sessions, nobody.alike) == ("Ana Ruis", (), ("Ana Ruiz",))
    assert set(lookup.speaker("Zoe").alike) >= {"Zoë Berg", "Berg, Zoe", "Zoë Bergmann"}
    assert lookup.speaker("!").alike == ()

    for id, error in (("x", QueryError), (str(UUID(int=7)), NotFoundError)):
        with pytest.raises(error):
            lookup.talk(id)
        with pytest.raises(error):
            lookup.session(id)
