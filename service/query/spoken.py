"""Whether a question is a spoken sentence ("how do I ...") or a few words to look for.

A sentence is asked for its meaning: programmes seldom say "make" or "faster" of what a session is about.
"""

from service.words import split_words

_FEWEST = 4
"""Words of a sentence."""
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


def is_spoken(question: str) -> bool:
    """Return whether the question opens like one, or speaks of who asks; in six European languages."""
    words = split_words(question)
    if len(words) < _FEWEST:
        return False
    return words[0] in _OPENERS or not _FIRST_PERSON.isdisjoint(words)
