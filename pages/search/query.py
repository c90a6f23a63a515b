"""Search in the pages that anybody may read: by French stems on PostgreSQL, by beginnings of words on SQLite, in singular and plural.

Wagtail keeps the index; its own ranked query runs a subquery for each hit on SQLite, so the ranking is our own SQL.
"""

import re
import unicodedata
from difflib import get_close_matches

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

from ..models import EventPage, GlossaryTerm, NewsPage, SitePage
from ..models.base import get_closing_content_types

PER_PAGE = 10
MOST_WORDS = 8  # of a question; the rest is ignored
MOST_HITS = 500  # that are ranked
LIKENESS = 0.75  # of two words, as difflib's `ratio`: 0 to 1; « traval » is close to « travail »
STOP_WORDS = frozenset(
    "au aux avec ce ces cet cette comment dans de des du elle en est et il je la le les leur ma mes mon ne nous on ou par pas pour "  # noqa: SIM905
    "qu que quel quelle qui sa se ses son sont sur ta tes ton tu un une vous".split()
)
# For these words, the page of results begins with phone number and address.
CONTACT_WORDS = frozenset("adresse appeler contact courriel email heures horaire horaires mail numero tel telephone".split())  # noqa: SIM905
START, STOP = "\x02", "\x03"  # around a word that was found, in an excerpt


def fold(word: str) -> str:
    """Returns `word` without case or accents, œ as oe: how both databases index it."""
    word = word.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isalnum())


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


def suggest(words: list[str]) -> str:
    """Returns the question with each word corrected to the closest one of a title or of the glossary; "" if that changes nothing."""
    lasting = SitePage.objects.open().not_type(NewsPage, EventPage).filter(depth__gt=1)
    texts = (*lasting.values_list("title", flat=True), *GlossaryTerm.objects.values_list("term", flat=True))
    known = {fold(word): word.lower() for text in texts for word in re.findall(r"[^\W\d_]{4,}", text)}
    corrected = [(get_close_matches(word, known, 1, LIKENESS) or [word])[0] for word in words]
    return "" if corrected == words else " ".join(known.get(word, word) for word in corrected)


def find_pages(words: list[str], page_number: int = 1) -> tuple[list[tuple[int, str]], int]:
    """Returns one page of hits for all `words`, or else for any of them, best first, and the number of hits (at most MOST_HITS).

    A hit is a page's primary key and an excerpt.
    """
    for operator in ("AND", "OR"):
        question = get_query(words, operator)
        if hits := rank(question):
            first = (page_number - 1) * PER_PAGE
            return get_excerpts(question, hits[first : first + PER_PAGE]), len(hits)
    return [], 0


def get_query(words: list[str], operator: str) -> str:
    """Returns the query in the language of the database: `words` in all their forms, joined by `operator` (AND, OR)."""
    if connection.vendor == "postgresql":
        return {"AND": " & ", "OR": " | "}[operator].join(f"({' | '.join(get_forms(word))})" for word in words)
    return f" {operator} ".join(map(get_sqlite_query, words))


def get_sqlite_query(word: str) -> str:
    """Returns the FTS5 query of a word: its forms, and from four letters on all words that begin with it. FTS5 does not fold œ."""
    forms = [f'"{form}"{"*" if form == word and len(word) > 3 else ""}' for form in get_forms(word)]
    return f"({' OR '.join([*forms, *(form.replace('oe', 'œ') for form in forms if 'oe' in form)])})"


# The best entries of the index, the lowest score first. A word in a title counts most: `ts_rank` is 1 at most.
RANK_ON_POSTGRESQL = """
    SELECT page.id, entry.id, -100 * ts_rank(entry.title, question) - ts_rank(entry.body, question) AS score
    FROM to_tsquery('site_french', %(question)s) AS question, wagtailsearch_indexentry AS entry
        JOIN pages_sitepage AS page ON page.id = CAST(entry.object_id AS integer) AND page.content_type_id = entry.content_type_id
    WHERE (entry.title || entry.body) @@ question AND {is_shown}
    ORDER BY score LIMIT %(most)s
"""
# The weights of bm25 are those of the columns autocomplete, body and title.
RANK_ON_SQLITE = """
    SELECT page.id, entry.id, bm25(wagtailsearch_indexentry_fts, 0, 1, 100) AS score
    FROM wagtailsearch_indexentry AS entry
        JOIN wagtailsearch_indexentry_fts ON wagtailsearch_indexentry_fts.rowid = entry.id
        JOIN pages_sitepage AS page ON page.id = CAST(entry.object_id AS integer) AND page.content_type_id = entry.content_type_id
    WHERE wagtailsearch_indexentry_fts MATCH %(question)s AND {is_shown}
    ORDER BY score LIMIT %(most)s
"""
EXCERPTS_ON_POSTGRESQL = """
    SELECT id, ts_headline('site_french', body_text, to_tsquery('site_french', %(question)s), %(options)s)
    FROM wagtailsearch_indexentry WHERE id IN ({ids})
"""
# The plus sign keeps SQLite from beginning a search for each row: it makes one pass over what matches.
EXCERPTS_ON_SQLITE = """
    SELECT rowid, snippet(wagtailsearch_indexentry_fts, 1, %(start)s, %(stop)s, '…', 30)
    FROM wagtailsearch_indexentry_fts WHERE wagtailsearch_indexentry_fts MATCH %(question)s AND +rowid IN ({ids})
"""


def rank(question: str) -> list[tuple[int, int]]:
    """Returns the hits that anybody may read, best first, as primary keys of page and index entry: what is over after what lasts."""
    statement = RANK_ON_POSTGRESQL if connection.vendor == "postgresql" else RANK_ON_SQLITE
    today = timezone.localdate()
    closing = ", ".join(str(content_type.pk) for content_type in get_closing_content_types())
    is_shown = (
        f"page.live AND page.depth > 1 AND NOT (page.content_type_id IN ({closing}) AND COALESCE(page.over_from <= %(today)s, FALSE))"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.format(is_shown=is_shown), {"question": question, "today": today, "most": MOST_HITS})
        best = {page: (entry, score) for page, entry, score in cursor}
    hits = []
    news = ContentType.objects.get_for_model(NewsPage).pk
    for page, over_from, content_type in SitePage.objects.open().filter(pk__in=best).values_list("pk", "over_from", "content_type"):
        entry, score = best[page]
        weight = 0.3 if over_from and over_from <= today else 0.6 if content_type == news else 1
        hits.append((score * weight, page, entry))
    return [(page, entry) for _, page, entry in sorted(hits)]


def get_excerpts(question: str, hits: list[tuple[int, int]]) -> list[tuple[int, str]]:
    """Returns primary keys of pages with excerpts around the words of `question`, for `hits` of `rank()`, in their order."""
    if not hits:
        return []
    statement = EXCERPTS_ON_POSTGRESQL if connection.vendor == "postgresql" else EXCERPTS_ON_SQLITE
    options = f'StartSel="{START}", StopSel="{STOP}", MaxWords=30, MinWords=20'
    params = {"question": question, "options": options, "start": START, "stop": STOP}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(ids=", ".join(str(entry) for _, entry in hits)), params)
        excerpts = dict(cursor.fetchall())
    return [(page, mark_cuts(excerpts.get(entry, ""))) for page, entry in hits]


def mark_cuts(excerpt: str) -> str:
    """Adds an ellipsis where a sentence of `excerpt` is cut; removes half a word at its end: « de l’… »."""
    excerpt = re.sub(r"\s\w{1,2}[’']…?$", "…", excerpt)
    begins, ends = excerpt.lstrip(START)[:1], excerpt.rstrip(STOP)[-1:]
    return f"{'…' if begins.islower() else ''}{excerpt}{'' if ends in '.!?…' else '…'}"
