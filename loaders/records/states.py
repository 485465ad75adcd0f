"""States of proposals: which sessions were accepted, and which of those are cancelled."""

import re

from loaders.records.cancelled import is_cancelled
from loaders.records.postponed import is_postponed
from loaders.records.record import Record, Skip, Unwanted
from loaders.records.text import is_placeholder, normalise
from service.words import folded

_MAX_STATE = 40
_ACCEPTED = """conditional conditionally provisional provisionally
    accepted accept confirmed confirm approved scheduled programmed published public selected
    chosen final live active planned y yes true 1 ok x ✓ ✔ ✅ angenommen akzeptiert bestatigt zugesagt
    geplant eingeplant ja aceptado aceptada confirmado confirmada aprobado aprobada programado programada
    seleccionado seleccionada si accepte acceptee confirme confirmee approuve approuvee programme
    programmee retenu retenue oui accettato accettata confermato confermata approvato approvata aceito
    aceita aprovado aprovada sim"""
_REFUSED = """rejected reject refused declined decline withdrawn withdraw deleted removed hidden private
    unpublished inactive draft new open submitted proposed pending undecided nominated waitlisted waitlist
    waiting under in review backup reserve standby not no n false 0 ✗ ✘ ❌ abgelehnt zuruckgezogen geloscht
    entwurf eingereicht offen ausstehend warteliste nicht nein rechazado rechazada retirado retirada
    borrador enviado enviada pendiente refuse refusee rejete rejetee retire retiree brouillon soumis
    soumise en non rifiutato rifiutata ritirato ritirata bozza inviato inviata rejeitado rejeitada
    recusado recusada rascunho pendente nao"""
_IS_ACCEPTED = {
    **dict.fromkeys(_ACCEPTED.split(), True),
    **dict.fromkeys(_REFUSED.split(), False),
}
_STATE_WORD = re.compile(r"[^\W_]+|\S")
_WORD_WITHIN = re.compile(r"(?<=[a-z])(?=[A-Z])")  # NotAccepted
_CLEARLY_REFUSED = {
    "rejected", "reject", "refused", "declined", "decline", "withdrawn", "abgelehnt", "zuruckgezogen",
}  # fmt: skip
_UNDOES = _CLEARLY_REFUSED | {"queue", "pending", "waitlist", "waitlisted", "removed"}


def is_accepted(state: str) -> bool | None:
    """Return whether a state means that its session takes place, by its first word; None if it is not known.

    An empty state does. A later word may undo an acceptance ("Accept_Queue", "accepted, but withdrawn"), and
    refuse what begins with an unknown one ("Desk reject").
    """
    words = _STATE_WORD.findall(folded(_WORD_WITHIN.sub(" ", state)))
    if not words:
        return True
    accepted = _IS_ACCEPTED.get(words[0])
    if accepted and not _UNDOES.isdisjoint(words[1:]):
        return False
    if accepted is None and not _CLEARLY_REFUSED.isdisjoint(words[1:]):
        return False
    return accepted


def read_states(record: Record) -> bool:
    """Return whether one of a record's states means accepted but cancelled.

    Raises Unwanted for a session that was not accepted, Skip for a state that is not known.
    """
    said = [state for state in record.states if state]
    if not said:
        return False
    known = [(state, is_accepted(state)) for state in said]
    for state, accepted in known:
        if accepted is False:
            raise Unwanted(f"not accepted: {_told(state)}")
    off = [is_cancelled(state) for state in said]
    for (state, accepted), is_off in zip(known, off, strict=True):
        if accepted is None and not is_off and not is_postponed(state):
            raise Skip(f"the state {_told(state)!r} is not known: write accepted or rejected")
    return any(off)


def is_said(value: str) -> bool:
    """Return whether the value of a column or key such as "Cancelled" says so: yes, x, a reason, a day."""
    return not is_placeholder(value) and is_accepted(value) is not False


def _told(state: str) -> str:
    return normalise(state)[:_MAX_STATE]
