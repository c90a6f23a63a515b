"""Search in the pages that anybody may read: by French stems on PostgreSQL, by beginnings of words on SQLite, in singular and plural.

Wagtail keeps the index; its own ranked query runs a subquery for each hit on SQLite, so the ranking is our own SQL.
"""

import json
import re
import unicodedata
from difflib import get_close_matches

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

from ..models import EventPage, GlossaryTerm, NewsPage, SearchWord, SimplePage, SitePage
from ..models.base import SitePageQuerySet
from ..text.search_text import fold

PER_PAGE = 10
MOST_WORDS = 8  # of a question; the rest is ignored
LIKENESS = 0.82  # of two words, as difflib's `ratio`: 0 to 1; « traval » is close to « travail », « salaire » not to « solidaire »
STOP_WORDS = frozenset(
    "au aux avec ce ces cet cette comment dans de des du elle en est et il je la le les leur ma mes mon ne nous on ou par pas pour "  # noqa: SIM905
    "qu que quel quelle qui sa se ses son sont sur ta tes ton tu un une vous".split()
)
# For these words, the page of results begins with phone number and address.
CONTACT_WORDS = frozenset("adresse appeler contact courriel email heures horaire horaires mail numero tel telephone".split())  # noqa: SIM905
START, STOP = "\x02", "\x03"  # around a word that was found, in an excerpt


def get_words(question: str) -> list[str]:
    """Returns the folded words of `question`, at least two letters or digits long, without stop words unless it has no others."""
    words = [fold(word) for word in re.findall(r"[^\W_]{2,40}", unicodedata.normalize("NFC", question))]
    words = list(dict.fromkeys(word for word in words if len(word) > 1))
    return ([word for word in words if word not in STOP_WORDS] or words)[:MOST_WORDS]


def get_forms(word: str) -> list[str]:
    """Returns `word` with its plural or singular in s or x."""
    return [word, word[:-1]] if len(word) > 3 and word[-1] in "sx" else [word, f"{word}s"]


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
    """Returns the question with each word corrected to the closest one that is known; "" if no page has them all.

    Words are known from titles, the glossary and visitors' words.
    """
    texts = (
        *get_searched().not_type(NewsPage, EventPage).values_list("title", flat=True),
        *GlossaryTerm.objects.values_list("term", flat=True),
        *SearchWord.objects.values_list("words", flat=True),
    )
    known = {fold(word): word.lower() for text in texts for word in re.findall(r"[^\W\d_]{4,}", text)}
    corrected = [(get_close_matches(word, known, 1, LIKENESS) or [word])[0] for word in words]
    if corrected == words or not (find_answers(corrected) or rank(corrected, "AND")):
        return ""
    return " ".join(known.get(word, word) for word in corrected)


def find_answers(words: list[str]) -> list[int]:
    """Returns primary keys of the open pages that staff chose for words of the question, those with most of its words first."""
    answers = SearchWord.objects.filter(page__in=get_searched()).order_by("pk").values_list("words", "page_id")
    found = [(get_words(text), pk) for text, pk in answers]
    matching = [(known, pk) for known, pk in found if known and all(any(are_same_words([one], other) for other in words) for one in known)]
    return list(dict.fromkeys(pk for _, pk in sorted(matching, key=lambda match: -len(match[0]))))


def find_pages(words: list[str], page_number: int = 1) -> tuple[list[tuple[int, str]], int, bool]:
    """Returns one page of hits for all `words`, or else for any of them, best first; the number of hits; whether they have all words.

    A hit is a page's primary key and an excerpt, which is empty if the page has none of the words. `find_answers()` come first.
    """
    answers, operator = find_answers(words), "AND"
    entries = rank(words, operator)
    if not entries:
        operator = "OR"
        entries = rank(words, operator)
    pages = list(dict.fromkeys([*answers, *entries]))
    shown = pages[(page_number - 1) * PER_PAGE : page_number * PER_PAGE]
    excerpts = get_excerpts(get_query(words, operator), [entries[pk] for pk in shown if pk in entries])
    hits = [(pk, excerpts.get(entries.get(pk), "")) for pk in shown]
    return hits, len(pages), operator == "AND" or len(pages) == len(answers)


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
    excerpt = re.sub(r"\s\w{1,2}[’']…?$", "…", excerpt)
    begins, ends = excerpt.lstrip(START)[:1], excerpt.rstrip(STOP)[-1:]
    return f"{'…' if begins.islower() else ''}{excerpt}{'' if ends in '.!?…' else '…'}"
