"""What a shopper's words ask of the cluster; the same documents as the embedded engine finds."""

from collections.abc import Sequence

from galleria.engines.search_index.model import Match, Ranking
from galleria.engines.search_index.opensearch.clauses import Clause, any_of, scored, term, terms
from galleria.engines.search_index.words import (
    CODE_SCORE,
    MISTYPED_SCORE,
    Word,
    code_typed,
    enough_of,
    may_be_mistyped,
)

_TEXT, _TITLE, _BRAND = "text", "title", "brand"
_MOST_OF_A_BEGINNING = 14  # letters: the expression for one wrong among more is too long


def words_clauses(words: Sequence[Word], match: Match, ranking: Ranking) -> list[Clause]:
    """What the words ask for, scored: one clause, none without words."""
    if not words:
        return []
    required = [word for word in words if word.says_something] or list(words)
    optional = [word for word in words if word not in required]
    is_lenient = match is not Match.ALL_WORDS
    asked = [_word_clause(word, is_lenient) for word in required]
    least = enough_of(len(asked)) if match is Match.SOME_WORDS else len(asked)
    lifts = [_word_clause(word, False) for word in optional]
    for field, weight in ((_TITLE, ranking.title), (_BRAND, ranking.brand)):
        if weight:
            tokens = [token for word in words for token in word.tokens]
            lifts += [_token_clause(token, field, is_lenient, weight) for token in tokens]
    most = {"bool": {"should": asked, "minimum_should_match": least}}
    if least == len(asked):
        most = {"bool": {"must": asked}}
    return [{"bool": {"must": [most], "should": lifts}}]


def code_clause(text: str) -> Clause | None:
    """Products one of whose codes is all that was typed; None when it cannot be a code."""
    code = code_typed(text)
    return term("codes", code) if code else None


def with_code(asked: Sequence[Clause], code: Clause | None) -> list[Clause]:
    """What the words ask for, or the products of the code, those first."""
    return list(asked) if code is None else [any_of([*asked, scored(code, CODE_SCORE)])]


def _word_clause(word: Word, is_lenient: bool) -> Clause:
    if word.is_phrase:
        return {"match_phrase": {_TEXT: " ".join(word.tokens)}}
    parts = [_token_clause(token, _TEXT, is_lenient) for token in word.tokens]
    if word.beginnings:
        parts.append(_beginning_clause(word, is_lenient))
    choices = [_together(parts)]
    if word.joined:
        choices.append(term(_TEXT, word.joined))
    choices += [_together([term(_TEXT, each) for each in other]) for other in word.others]
    return any_of(choices)


def _together(parts: Sequence[Clause]) -> Clause:
    return parts[0] if len(parts) == 1 else {"bool": {"must": list(parts)}}


def _token_clause(token: str, field: str, is_lenient: bool, weight: float = 1.0) -> Clause:
    exact = {"term": {field: {"value": token, "boost": weight}}} if weight != 1.0 else None
    exact = exact or term(field, token)
    if not is_lenient or not may_be_mistyped(token):
        return exact
    # Rewritten so, any number of nearby words counts, and none as a clause of its own.
    nearly = {
        "fuzzy": {field: {"value": token, "fuzziness": 1, "rewrite": "constant_score"}},
    }
    return any_of([exact, scored(nearly, MISTYPED_SCORE * weight)])


def _beginning_clause(word: Word, is_lenient: bool) -> Clause:
    known = scored(terms(_TEXT, word.beginnings), 1.0)
    if not is_lenient or not may_be_mistyped(word.beginning):
        return known
    nearly = {"regexp": {_TEXT: {"value": _one_slip(word.beginning), "flags": "NONE"}}}
    return any_of([known, scored(nearly, MISTYPED_SCORE)])


def _one_slip(beginning: str) -> str:
    """The expression for words that begin so but for one letter: missing, too many, another, or in
    its neighbour's place. A beginning is letters only."""
    letters = beginning[:_MOST_OF_A_BEGINNING]
    slips = {letters}
    for at in range(len(letters)):
        before, letter, after = letters[:at], letters[at], letters[at + 1 :]
        slips |= {before + after, f"{before}.{after}", f"{before}.{letter}{after}"}
        if after:
            slips.add(before + after[0] + letter + after[1:])
    return f"({'|'.join(sorted(slips))}).*"
