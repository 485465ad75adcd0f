"""What a proposal's state says: whether its session takes place, in the words of six languages."""

import re

from service.words import folded

_ACCEPTED = """accepted accept confirmed confirm approved scheduled programmed published public selected chosen
    final live active planned y yes true 1 ok x ✓ ✔ ✅ angenommen akzeptiert bestatigt zugesagt geplant
    eingeplant ja aceptado aceptada confirmado confirmada aprobado aprobada programado programada
    seleccionado seleccionada si accepte acceptee confirme confirmee approuve approuvee programme
    programmee retenu retenue oui accettato accettata confermato confermata approvato approvata aceito
    aceita aprovado aprovada sim"""
_REFUSED = """rejected reject refused declined decline withdrawn withdraw cancelled canceled deleted removed
    hidden private unpublished inactive draft new open submitted proposed pending undecided nominated waitlisted
    waitlist waiting under in review backup reserve standby not no n false 0 ✗ ✘ ❌ abgelehnt zuruckgezogen
    abgesagt storniert geloscht entwurf eingereicht offen ausstehend warteliste nicht nein rechazado
    rechazada retirado retirada cancelado cancelada borrador enviado enviada pendiente refuse refusee
    rejete rejetee annule annulee retire retiree brouillon soumis soumise en non rifiutato rifiutata
    ritirato ritirata annullato annullata bozza inviato inviata rejeitado rejeitada recusado recusada
    rascunho pendente nao"""
_TAKES_PLACE = {
    **dict.fromkeys(_ACCEPTED.split(), True),
    **dict.fromkeys(_REFUSED.split(), False),
}
_WORD = re.compile(r"[^\W_]+|\S")


def takes_place(state: str) -> bool | None:
    """Whether a session of this state takes place, by the state's first word; None if it is not known.

    Where nothing is said, it does.
    """
    words = _WORD.findall(folded(state))
    return _TAKES_PLACE.get(words[0]) if words else True
