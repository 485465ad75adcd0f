"""Whether a question is a natural-language sentence ("how do I ...") or keywords.

Keywords count less in a sentence: programmes seldom say "make" or "faster" of what a session is about.
"""

from service.words import split_words

_MIN_WORDS = 4
"""Fewer words are keywords."""
_OPENING_WORDS = """
how what which who whom whose where when why is are was can could do does did should will would may
tell show find wie was welche welcher welches wer wo wann warum wieso gibt kann konnen soll
comment quel quelle quels quelles qui ou quand pourquoi est
como que cual cuales quien donde cuando por come quale quali chi dove perche qual quais quem onde quando
"""
_FIRST_PERSON_WORDS = """
i my me we our us ich mein meine meinen meiner mir mich wir unser unsere uns je mon ma mes moi nous notre nos
yo mi mis nosotros nuestro nuestra io mio mia miei noi nostro nostra eu meu minha meus nosso nossa
"""
_OPENERS = frozenset(_OPENING_WORDS.split())
_FIRST_PERSON = frozenset(_FIRST_PERSON_WORDS.split())


def is_sentence(question: str) -> bool:
    """Return whether it opens with a question word or verb, or has a first-person word; in six languages."""
    words = split_words(question)
    if len(words) < _MIN_WORDS:
        return False
    return words[0] in _OPENERS or not _FIRST_PERSON.isdisjoint(words)
