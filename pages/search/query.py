"""Search in the pages that anybody may read: by French stems on PostgreSQL, by beginnings of words on SQLite, in singular and plural;
where that finds little, by what is close in meaning.

Wagtail keeps the index; its own ranked query runs a subquery for each hit on SQLite, so the ranking is our own SQL.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import chain
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from wagtail.models import get_page_models

from ..models import EventPage, GlossaryTerm, LanguagePage, NewsPage, SearchWord, SimplePage, SitePage
from ..models.base import SitePageQuerySet
from ..text.folding import fold
from .closeness import correct, get_closeness, get_meaning, is_known

PER_PAGE = 10
MOST_WORDS = 8  # of a question; the rest is ignored
LIKENESS = 0.82  # of two words, as difflib's `ratio`: 0 to 1; « traval » is close to « travail », « salaire » not to « solidaire »
FEW = 3  # pages with all words: where fewer are found, pages that are close in meaning follow
MOST_CLOSE = 3
# How close a page must be. Set by words that no page of the starting content contains, of which 6 in 100 get one (tests/test_search.py),
# never by questions: lower, words that have nothing to do with the site get pages; higher, questions get none.
CLOSE = 0.53
ONE_OF_THEM = 0.1  # how much closer one word of a longer question must be
TWO_OF_THEM = 0.12  # what the mean of two texts of a page may lack: two that are rather close say as much as one that is closer
STOP_WORDS = frozenset(
    "ai apres as au aussi aux avant avec avez avoir bien ca ce cela ces cet cette chez combien comment contre dans de depuis des dont du elle en "  # noqa: SIM905
    "entre es est et etait etes etre eux faire fait faites faut il ils je la le les leur leurs lui ma mais me mes moi mon ne ni nos notre "
    "nous on ont ou par pas pendant peut peux plus pour pourquoi puis qu quand que quel quelle quelles quels qui quoi sa sans se selon ses si "
    "sommes son sont sous suis sur ta te tes toi ton tous tout toute toutes tres tu un une va vais vers veut veux voici vos votre voudrais "
    "vous".split()
)
# Who asks where asks for the address.
PLACE = re.compile(r"\boù\b|^\W*ou\b|\bou\W*$|\bcomment (?:y |vous |se |on )*(?:aller|trouver|rejoindre|rendre|venir)\b", re.IGNORECASE)
# For these words, the page of results begins with phone number and address.
CONTACT_WORDS = frozenset("adresse appeler contact courriel email heures horaire horaires mail numero tel telephone".split())  # noqa: SIM905
START, STOP = "\x02", "\x03"  # around a word that was found, in an excerpt


def get_words(question: str) -> list[str]:
    """Returns the folded words of `question`, at least two letters or digits long, without stop words unless it has no others."""
    question = PLACE.sub(" adresse ", unicodedata.normalize("NFC", question))
    words = [fold(word) for word in re.findall(r"[^\W_]{2,40}", question)]
    words = list(dict.fromkeys(word for word in words if len(word) > 1))
    return ([word for word in words if word not in STOP_WORDS] or words)[:MOST_WORDS]


def get_forms(word: str) -> list[str]:
    """Returns `word` with its plural or singular in s or x, and the other gender of what may be a participle: salarié, salariée."""
    one = word[:-1] if len(word) > 3 and word[-1] in "sx" else word
    other = one[:-1] if one.endswith("ee") else f"{one}e"
    return [word, one if one != word else f"{word}s", *([other, f"{other}s"] if one[-1] == "e" and len(one) > 4 else [])]


def are_same_words(words: list[str], text: str) -> bool:
    """Whether the `words` of a question are those of `text`, in singular or plural."""
    others = get_words(text)
    return len(words) == len(others) and all(
        one in get_forms(other) or other in get_forms(one) for one, other in zip(words, others, strict=True)
    )


def find_terms(words: list[str]) -> list[GlossaryTerm]:
    """Returns the explained words that the question is itself."""
    return [term for term in GlossaryTerm.objects.all() if any(are_same_words(words, form) for form in term.forms)]


def get_searched() -> SitePageQuerySet:
    """Returns the pages that can be found: all that anybody may read, but for simple versions, which are found through their pages."""
    return SitePage.objects.open().not_type(SimplePage).filter(depth__gt=1)


def suggest(words: list[str]) -> str:
    """Returns the question with each word that is none corrected to the closest one of the site, or else of French.

    Returns "" if nothing is found for that either. Words of the site are those of titles, the glossary and visitors' words.
    """
    texts = (
        *get_searched().not_type(NewsPage, EventPage).values_list("title", flat=True),
        *GlossaryTerm.objects.values_list("term", flat=True),
        *SearchWord.objects.values_list("words", flat=True),
    )
    known = {fold(word): word.lower() for text in texts for word in re.findall(r"[^\W\d_]{4,}", text)}
    corrected = [
        word if is_known(word) or rank([word], "AND") else (get_close_matches(word, known, 1, LIKENESS) or [correct(word)])[0]
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
    """Returns up to MOST_CLOSE pages that are close in meaning to the question, closest first: primary keys, each with what is close to it.

    That is the title of a page that lasts, a visitors' word, or an explained word, which leads to the pages that use it.
    """
    lasting = [page_type for page_type in get_page_models() if not page_type.shares_titles]
    pages = get_searched().type(*lasting).not_type(LanguagePage).filter(depth__gt=2)
    by_page = {pk: [title] for pk, title in pages.values_list("pk", "title")}
    for text, pk in SearchWord.objects.filter(page__in=by_page, answers_close_words=True).values_list("words", "page_id"):
        by_page[pk].append(text)
    terms = GlossaryTerm.objects.values_list("term", flat=True)
    closeness = compare(words, {*terms, *chain(*by_page.values())})
    found = {pk: choose_closest({text: closeness[text] for text in texts}) for pk, texts in by_page.items()}
    for term in sorted(terms, key=closeness.get)[-2:]:
        if closeness[term] > CLOSE:
            for pk in [pk for pk in rank(get_words(term), "AND") if pk in found][:2]:
                found[pk] = max(found[pk], (closeness[term], [term]))
    close = [pk for pk in sorted(found, key=lambda pk: (found[pk], pk))[: -MOST_CLOSE - 1 : -1] if found[pk][0] > CLOSE]
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
    return (both, [text, second]) if second != text and both > max(closeness[text], CLOSE) else (closeness[text], [text])


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


def get_query(words: list[str], operator: str) -> str:
    """Returns the query in the language of the database: `words` in all their forms, joined by `operator` (AND, OR)."""
    if connection.vendor == "postgresql":
        return {"AND": " & ", "OR": " | "}[operator].join(f"({' | '.join(get_forms(word))})" for word in words)
    return f" {operator} ".join(map(get_sqlite_query, words))


def get_sqlite_query(word: str) -> str:
    """Returns the FTS5 query of a word: its forms, and from four letters on all words that begin with it. FTS5 does not fold œ."""
    forms = [f'"{form}"{"*" if form == word and len(word) > 3 else ""}' for form in get_forms(word)]
    return f"({' OR '.join([*forms, *(form.replace('oe', 'œ') for form in forms if 'oe' in form)])})"


# One page of the site for each entry, with a score, the highest is the best. A word in a title counts most: `ts_rank` is 1 at most.
SCORES_ON_POSTGRESQL = """
    SELECT page.id, entry.id, 100 * ts_rank(entry.title, question) + ts_rank(entry.body, question) AS score
    FROM to_tsquery('site_french', %s) AS question, wagtailsearch_indexentry AS entry
        JOIN pages_sitepage AS page ON page.id = CAST(entry.object_id AS integer) AND page.content_type_id = entry.content_type_id
    WHERE (entry.title || entry.body) @@ question
    ORDER BY score DESC
    LIMIT 1000
"""
EXCERPTS_ON_POSTGRESQL = """
    SELECT id, ts_headline('site_french', body_text, to_tsquery('site_french', %(question)s),
        'StartSel="\x02", StopSel="\x03", MaxWords=30, MinWords=20')
    FROM wagtailsearch_indexentry WHERE id IN (SELECT CAST(value AS integer) FROM json_array_elements_text(%(entries)s))
"""
# The weights of bm25 are those of the columns autocomplete (`prose()`), body and title.
SCORES_ON_SQLITE = """
    SELECT page.id, entry.id, -bm25(wagtailsearch_indexentry_fts, 1, 1, 100) AS score
    FROM wagtailsearch_indexentry_fts
        JOIN wagtailsearch_indexentry AS entry ON entry.id = wagtailsearch_indexentry_fts.rowid
        JOIN pages_sitepage AS page ON page.id = CAST(entry.object_id AS integer) AND page.content_type_id = entry.content_type_id
    WHERE wagtailsearch_indexentry_fts MATCH %s
    ORDER BY score DESC
    LIMIT 1000
"""
# The plus sign keeps SQLite from beginning a search for each row: it makes one pass over what matches.
EXCERPTS_ON_SQLITE = """
    SELECT rowid, snippet(wagtailsearch_indexentry_fts, 1, '\x02', '\x03', '…', 30)
    FROM wagtailsearch_indexentry_fts
    WHERE wagtailsearch_indexentry_fts MATCH %(question)s AND +rowid IN (SELECT value FROM json_each(%(entries)s))
"""


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


def get_excerpts(question: str, entries: list[int]) -> dict[int, str]:
    """Returns excerpts around the words of `question` by the primary keys of `entries`; none for an entry whose text has no such word."""
    if not entries:
        return {}
    statement = EXCERPTS_ON_POSTGRESQL if connection.vendor == "postgresql" else EXCERPTS_ON_SQLITE
    with connection.cursor() as cursor:
        cursor.execute(statement, {"question": question, "entries": json.dumps(entries)})
        # PostgreSQL gives the beginning of a text that has none of the words.
        return {entry: mark_cuts(excerpt) for entry, excerpt in cursor.fetchall() if START in excerpt}


def mark_cuts(excerpt: str) -> str:
    """Adds an ellipsis where a sentence of `excerpt` is cut; removes half a word at its end: « de l’… »."""
    excerpt = re.sub(r"\s(\w{1,2}[’']|[cdjlmnst])…?$", "…", excerpt)
    begins, ends = excerpt.lstrip(START)[:1], excerpt.rstrip(STOP)[-1:]
    return f"{'…' if begins.islower() else ''}{excerpt}{'' if ends in '.!?…' else '…'}"
