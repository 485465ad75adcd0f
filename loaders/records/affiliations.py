"""What stands beside a name and is none: employers, offices, degrees and places."""

import re

_EMPLOYER = re.compile(
    r"\b(?:inc|ltd|llc|llp|plc|gmbh|corp|corporation|(?-i:Co|AG|KG|SE|SA|SRL|BV|Oy)|pty|universit\w*|universidad|"
    r"hochschule|fachhochschule|[fh]u berlin|(?-i:TU|FH|ETH|RWTH|LMU|EPFL|MIT|INRIA|CNRS)|"
    r"institut\w*|polytechnic|foundation|stiftung|groups?|labs?|laborator\w+|colleges?|ministry|departments?|"
    r"compan(?:y|ies)|bank|school|hospitals?|cent(?:er|re)s?|technolog\w+|systems?|solutions?|software|"
    r"networks?|consulting|services?|ventures?|capital|media|research|security|analytics|cloud|librar(?:y|ies)|"
    r"council|agency|association|society|authority|bureau|museum|studios?|team|project|community|"
    r"international|global|digital|data|web|online|holdings?|partners?|industries|enterprises?|insurance|"
    r"airlines?|energy|health|healthcare|financial|federation|federal|national|committee|commission|union|"
    r"academy|trust|magazine|radio|television|games|robotics|interactive|works|engineering|"
    r"red hat|hewlett packard|goldman sachs|morgan stanley|deutsche telekom|new relic|"
    r"at|of|for|the)\b|[\w-]\.(?:com|org|net|io|ai|dev|de)\b",
    re.I,
)
_EMPLOYERS = frozenset(
    """google microsoft amazon aws meta facebook apple netflix nvidia intel oracle mozilla canonical gitlab
    github spotify zalando siemens bosch salesforce twitter linkedin uber airbnb stripe shopify elastic mongodb
    redis confluent databricks snowflake cloudera datadog docker hashicorp vmware cisco dell samsung
    huawei alibaba tencent baidu accenture deloitte pinterest dropbox atlassian jetbrains thoughtworks
    anaconda bloomberg wikimedia freelance freelancer independent self-employed""".split()  # noqa: SIM905  # a literal of 60 quoted strings would take a screen
)
_OFFICE = re.compile(
    r"\b(?:c[efimopst]o|ciso|vp|svp|evp|president|vice|chair(?:man|woman|person)?|chief|officer|"
    r"head of|lead \w+|\w+ lead|leader|director|"
    r"manager|engineer|developer|architect|consultant|founder|co-?founder|owner|analyst|scientist|researcher|"
    r"student|fellow|professor|lecturer|evangelist|advocate|minister|commissioner|secretary|senator|designer|"
    r"programmer|administrator|specialist|coordinator|editor|journalist|author|speaker|moderator|maintainer|"
    r"expert|trainer|coach|principal|senior|junior \w+|intern|executive|entwickler\w*|leiter\w*)\b",
    re.I,
)
_PLACE = re.compile(
    r"(?:new york|san \w+|los angeles|united (?:states|kingdom)|hong kong|new zealand|south \w+|north \w+|"
    r"sri lanka|costa rica|puerto rico|saudi arabia|czech republic|the netherlands|tel aviv|buenos aires|"
    r"rio de janeiro|são paulo|sao paulo|mexico city|salt lake city|las vegas|washington,? dc|st\.? louis)",
    re.I,
)
_DEGREE = (
    r"(?:ph\.?\s?d|m\.?b\.?a|m\.?sc|b\.?sc|m\.?d|m\.?a|dr|prof|mrs|mr|ms|jr|sr|iii|ii|esq|et al|"
    r"dipl\.?-\w+|cissp|pmp|facp|rn)"
)
_ONLY_DEGREES = re.compile(rf"(?>{_DEGREE}\.?\s*)+", re.I)  # atomic: "iiii" is one thing only
_TITLES = re.compile(rf"^(?:{_DEGREE}\.?\s+)+|(?:\s+{_DEGREE}\.?)+$", re.I)


def is_degree(text: str) -> bool:
    """Return whether a text is nothing but degrees and the like: "PhD", "Jr."."""
    return _ONLY_DEGREES.fullmatch(text) is not None


def without_titles(text: str) -> str:
    """Return a name without the degrees before and after it: "Dr. Jane Doe"."""
    return _TITLES.sub("", text)


def is_office(text: str) -> bool:
    """Return whether a text says what somebody does: "Senior Developer", "CTO"."""
    return _OFFICE.search(text) is not None


def is_employer(text: str) -> bool:
    """Return whether a text names an employer or a place: "Harbour Inc.", "Google", "New York"."""
    bare = text.strip(" .")
    if bare.casefold() in _EMPLOYERS:
        return True
    return _EMPLOYER.search(bare) is not None or _PLACE.fullmatch(bare) is not None


def is_acronym(text: str) -> bool:
    """Return whether a text is written as organisations are: "NASA"."""
    return 1 < len(text) < 7 and text.isalpha() and text.isupper() and text.isascii()
