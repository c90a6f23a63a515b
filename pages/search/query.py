"""Search in the pages that anybody may read: by French stems on PostgreSQL, by beginnings of words on SQLite, in singular and plural;
where that finds little, by what is close in meaning.

Wagtail keeps the index; its own ranked query runs a subquery for each hit on SQLite, so the ranking is our own SQL.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import chain
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from wagtail.models import get_page_models

from ..models import EventPage, GlossaryTerm, LanguagePage, NewsPage, SimplePage, SitePage
from ..page.querysets import SitePageQuerySet
from ..page.sharing import get_all
from ..text.slugs import fold
from .closeness import correct, get_closeness, get_meaning, is_known
from .models import SearchWord
from .question import are_same_words, get_words
from .sql import SCORES_ON_POSTGRESQL, SCORES_ON_SQLITE, get_excerpts, get_query

PER_PAGE = 10

MIN_LIKENESS = 0.82  # the least `ratio` of difflib (0 to 1) of two words that are close: « traval » and « travail » are, « salaire » and « solidaire » are not
FEW = 3  # Where fewer pages have all words, pages that are close in meaning follow.
MAX_CLOSE_PAGES = 3
# How close a page must be. Set by words that no page of the starting content contains, of which 6 in 100 get one (tests/search/test_search.py),
# never by questions: lower, words that have nothing to do with the site get pages; higher, questions get none.
MIN_CLOSENESS = 0.53
ONE_OF_THEM = 0.1  # One word of a longer question must be so much closer.
TWO_OF_THEM = 0.12  # The mean of two texts of a page may be so much lower: two that are rather close say as much as one that is closer.


# For these words, the page of results begins with phone number and address.
CONTACT_WORDS = frozenset("adresse appeler contact courriel email heures horaire horaires mail numero tel telephone".split())  # noqa: SIM905


def find_terms(words: list[str]) -> list[GlossaryTerm]:
    """Returns the explained words that are equal to the question."""
    return [term for term in get_all(GlossaryTerm) if any(are_same_words(words, form) for form in term.forms)]


def get_searched() -> SitePageQuerySet:
    """Returns the pages that can be found: all that anybody may read, but for simple versions, which are found through their pages."""
    return SitePage.objects.public().not_type(SimplePage).filter(depth__gt=1)


def suggest(words: list[str]) -> str:
    """Returns the question with each unknown word corrected to the closest one of the site, or else of French.

    Returns "" if nothing is found for that either. Words of the site are those of titles, the glossary and visitors' words.
    """
    texts = (
        *get_searched().not_type(NewsPage, EventPage).values_list("title", flat=True),
        *(term.term for term in get_all(GlossaryTerm)),
        *SearchWord.objects.values_list("words", flat=True),
    )
    known = {fold(word): word.lower() for text in texts for word in re.findall(r"[^\W\d_]{4,}", text)}
    corrected = [
        word if is_known(word) or rank([word], "AND") else (get_close_matches(word, known, 1, MIN_LIKENESS) or [correct(word)])[0]
        for word in words
    ]
    if corrected == words or not (any(find_answers(corrected)) or rank(corrected, "AND") or find_close(corrected)):
        return ""
    return " ".join(known.get(word, word) for word in corrected)


def find_answers(words: list[str]) -> tuple[list[int], str, bool]:
    """Returns what staff chose for words of the question, for most of its words first: primary keys of open pages, and a sentence.

    And whether one of them is for all words of the question.
    """
    answers = (
        SearchWord.objects.filter(Q(page=None) | Q(page__in=get_searched())).order_by("pk").values_list("words", "page_id", "sentence")
    )
    found = [(get_words(text), pk, sentence) for text, pk, sentence in answers]
    found = [match for match in found if match[0] and all(any(are_same_words([one], other) for other in words) for one in match[0])]
    found.sort(key=lambda match: -len(match[0]))
    sentence = next((sentence for _, _, sentence in found if sentence), "")
    return list(dict.fromkeys(pk for _, pk, _ in found if pk)), sentence, bool(found) and len(found[0][0]) == len(words)


def find_close(words: list[str]) -> dict[int, list[str]]:
    """Returns up to MAX_CLOSE_PAGES pages that are close in meaning to the question, closest first: primary keys, each with what is close to it.

    That is the title of a page that lasts, a visitors' word, or an explained word, which leads to the pages that use it.
    """
    entries = [page_type for page_type in get_page_models() if page_type.is_entry]
    pages = get_searched().not_type(LanguagePage, *entries).filter(depth__gt=2)
    by_page = {pk: [title] for pk, title in pages.values_list("pk", "title")}
    for text, pk in SearchWord.objects.filter(page__in=by_page, answers_close_words=True).values_list("words", "page_id"):
        by_page[pk].append(text)
    terms = [term.term for term in get_all(GlossaryTerm)]
    closeness = compare(words, {*terms, *chain(*by_page.values())})
    found = {pk: choose_closest({text: closeness[text] for text in texts}) for pk, texts in by_page.items()}
    for term in sorted(terms, key=closeness.get)[-2:]:
        if closeness[term] > MIN_CLOSENESS:
            for pk in [pk for pk in rank(get_words(term), "AND") if pk in found][:2]:
                found[pk] = max(found[pk], (closeness[term], [term]))
    close = [pk for pk in sorted(found, key=lambda pk: (found[pk], pk))[: -MAX_CLOSE_PAGES - 1 : -1] if found[pk][0] > MIN_CLOSENESS]
    return {pk: [text for text in found[pk][1] if text != by_page[pk][0]] or found[pk][1] for pk in close}


def compare(words: list[str], texts: Iterable[str]) -> dict[str, float]:
    """Returns how close each text is in meaning to the question, or to one of its words."""
    meanings = {text: get_meaning(tuple(get_words(text))) for text in texts}
    asked, each = get_meaning(tuple(words)), [get_meaning((word,)) for word in words if len(words) > 1]
    return {
        text: max([get_closeness(asked, meaning), *(get_closeness(one, meaning) - ONE_OF_THEM for one in each)])
        for text, meaning in meanings.items()
    }


def choose_closest(closeness: dict[str, float]) -> tuple[float, list[str]]:
    """Returns how close a page with these texts is to the question, and its closest text, or two that say more together."""
    text, *others = sorted(closeness, key=closeness.get, reverse=True)
    # « travail » and « travailler » are no two words.
    second = next((other for other in others if fold(other)[:5] != fold(text)[:5]), text)
    both = (closeness[text] + closeness[second]) / 2 + TWO_OF_THEM
    return (both, [text, second]) if second != text and both > max(closeness[text], MIN_CLOSENESS) else (closeness[text], [text])


class Hit(NamedTuple):
    page: int  # its primary key
    excerpt: str  # empty if the page has none of the words
    close_words: list[str]  # by which it was found, if it is close in meaning only


class Found(NamedTuple):
    hits: list[Hit]  # of one page of results
    total: int
    has_all: bool  # whether there are pages with all words, or an answer of staff to all of them
    has_any: bool  # whether there are pages with any of the words, or an answer of staff
    sentence: str  # that staff wrote as an answer


def find_pages(words: list[str], page_number: int) -> Found:
    """Finds pages with all `words` after those that staff chose, then pages that are close in meaning, then those with any of the words."""
    (answers, sentence, is_whole), entries = find_answers(words), rank(words, "AND")
    close = {} if answers or sentence or len(entries) >= FEW else find_close(words)
    pages = dict.fromkeys([*answers, *entries, *close])
    has_all, operator = bool(entries) or is_whole, "AND" if entries else "OR"
    if not has_all and len(words) > 1:
        entries = rank(words, operator)
        pages |= dict.fromkeys(entries)
    shown = list(pages)[(page_number - 1) * PER_PAGE : page_number * PER_PAGE]
    excerpts = get_excerpts(get_query(words, operator), [entries[pk] for pk in shown if pk in entries])
    hits = [Hit(pk, excerpts.get(entries.get(pk), ""), [] if operator == "AND" and pk in entries else close.get(pk, [])) for pk in shown]
    return Found(hits, len(pages), has_all, bool(entries or answers or sentence), sentence)


def rank(words: list[str], operator: str) -> dict[int, int]:
    """Returns the pages that anybody may read and that have the words, best first: primary keys, each with that of its entry in the index.

    What is over comes after what lasts, news after pages.
    """
    with connection.cursor() as cursor:
        cursor.execute(SCORES_ON_POSTGRESQL if connection.vendor == "postgresql" else SCORES_ON_SQLITE, [get_query(words, operator)])
        found = {page: (entry, score) for page, entry, score in cursor.fetchall()}
    shown = get_searched().filter(pk__in=found).values_list("pk", "over_from", "content_type")
    today, news = timezone.localdate(), ContentType.objects.get_for_model(NewsPage).pk
    weights = {pk: 0.3 if over and over <= today else 0.6 if page_type == news else 1 for pk, over, page_type in shown}
    return {pk: found[pk][0] for pk in sorted(weights, key=lambda pk: (-found[pk][1] * weights[pk], pk))}
