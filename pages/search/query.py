"""Search in the pages that anybody may read: by French stems on PostgreSQL, by beginnings of words on SQLite, in singular and plural.

Wagtail keeps the index; its own ranked query runs a subquery for each hit on SQLite, so the ranking is our own SQL.
"""

import re
import unicodedata
from difflib import get_close_matches

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from wagtail.models import get_page_models

from ..models import EventPage, GlossaryTerm, NewsPage, SearchWord, SimplePage, SitePage
from ..text.search_text import fold

PER_PAGE = 10
MOST_WORDS = 8  # of a question; the rest is ignored
MOST_RANKED = 200  # news, events and offers
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


def suggest(words: list[str]) -> str:
    """Returns the question with each word corrected to the closest one that is known; "" if no page has them all.

    Words are known from titles, the glossary and visitors' words.
    """
    lasting = SitePage.objects.open().not_type(NewsPage, EventPage).filter(depth__gt=1)
    texts = (
        *lasting.values_list("title", flat=True),
        *GlossaryTerm.objects.values_list("term", flat=True),
        *SearchWord.objects.values_list("words", flat=True),
    )
    known = {fold(word): word.lower() for text in texts for word in re.findall(r"[^\W\d_]{4,}", text)}
    corrected = [(get_close_matches(word, known, 1, LIKENESS) or [word])[0] for word in words]
    if corrected == words or not (find_answers(corrected) or rank(get_query(corrected, "AND"), [])[1]):
        return ""
    return " ".join(known.get(word, word) for word in corrected)


def find_answers(words: list[str]) -> list[int]:
    """Returns primary keys of the open pages that staff chose for words of the question, those with most of its words first."""
    answers = SearchWord.objects.filter(page__in=SitePage.objects.open()).order_by("pk").values_list("words", "page_id")
    found = [(get_words(text), pk) for text, pk in answers]
    matching = [(known, pk) for known, pk in found if known and all(any(are_same_words([one], other) for other in words) for one in known)]
    return list(dict.fromkeys(pk for _, pk in sorted(matching, key=lambda match: -len(match[0]))))


def find_pages(words: list[str], page_number: int = 1) -> tuple[list[tuple[int, str]], int, bool]:
    """Returns one page of hits for all `words`, or else for any of them, best first; the number of hits; whether they have all words.

    A hit is a page's primary key and an excerpt, which is empty if the page has none of the words. `find_answers()` come first.
    """
    answers = find_answers(words)
    for operator in ("AND", "OR"):
        question = get_query(words, operator)
        hits, total = rank(question, answers, (page_number - 1) * PER_PAGE)
        if operator == "AND" and answers and total <= len(answers) and not rank(question, [])[1]:
            continue  # the answers alone are no reason not to ask for less
        if hits or (page_number > 1 and rank(question, answers)[1]):  # a page that does not exist is no reason to ask for less
            return get_excerpts(question, hits), total, operator == "AND" or total == len(answers)
    return [], 0, True


def get_query(words: list[str], operator: str) -> str:
    """Returns the query in the language of the database: `words` in all their forms, joined by `operator` (AND, OR)."""
    if connection.vendor == "postgresql":
        return {"AND": " & ", "OR": " | "}[operator].join(f"({' | '.join(get_forms(word))})" for word in words)
    return f" {operator} ".join(map(get_sqlite_query, words))


def get_sqlite_query(word: str) -> str:
    """Returns the FTS5 query of a word: its forms, and from four letters on all words that begin with it. FTS5 does not fold œ."""
    forms = [f'"{form}"{"*" if form == word and len(word) > 3 else ""}' for form in get_forms(word)]
    return f"({' OR '.join([*forms, *(form.replace('oe', 'œ') for form in forms if 'oe' in form)])})"


# Scores of entries of the index, the lowest is the best. A word in a title counts most: `ts_rank` is 1 at most. Of pages that come in
# numbers only the newest are ranked: a word that all of 10,000 pages hold would cost more than the page of results.
SCORES_ON_POSTGRESQL = """
    SELECT entry.id, -100 * ts_rank(entry.title, question) - ts_rank(entry.body, question) AS score
    FROM to_tsquery('site_french', %s) AS question, wagtailsearch_indexentry AS entry WHERE (entry.title || entry.body) @@ question
"""
LASTING_ON_POSTGRESQL = "AND entry.content_type_id IN ({types})"
NEWEST_ON_POSTGRESQL = "ORDER BY entry.id DESC LIMIT {most}"
# The weights of bm25 are those of the columns autocomplete (`prose()`), body and title. The plus sign keeps SQLite from beginning a
# search for each row: it makes one pass over what matches.
SCORES_ON_SQLITE = """
    SELECT rowid AS id, bm25(wagtailsearch_indexentry_fts, 1, 1, 100) AS score
    FROM wagtailsearch_indexentry_fts WHERE wagtailsearch_indexentry_fts MATCH %s
"""
LASTING_ON_SQLITE = "AND +rowid IN (SELECT id FROM wagtailsearch_indexentry WHERE content_type_id IN ({types}))"
NEWEST_ON_SQLITE = "ORDER BY rowid DESC LIMIT {most}"
RANK = """
    WITH found AS (
        SELECT id, MIN(score) AS score FROM (
            SELECT * FROM ({scores} {lasting}) AS lasting UNION SELECT * FROM ({scores} {newest}) AS newest {answers}
        ) AS scored GROUP BY id
    )
    SELECT page.id, entry.id, COUNT(*) OVER ()
    FROM found JOIN wagtailsearch_indexentry AS entry ON entry.id = found.id
        JOIN pages_sitepage AS page ON page.id = CAST(entry.object_id AS integer) AND page.content_type_id = entry.content_type_id
    WHERE EXISTS ({shown})
    ORDER BY found.score * CASE WHEN page.over_from <= %s THEN 0.3 WHEN page.content_type_id = %s THEN 0.6 ELSE 1 END, page.id
    LIMIT {per_page} OFFSET {first}
"""
ANSWER = "UNION SELECT id, -1000000 + {place} FROM wagtailsearch_indexentry WHERE object_id = '{pk}'"
EXCERPTS_ON_POSTGRESQL = """
    SELECT id, ts_headline('site_french', body_text, to_tsquery('site_french', %(question)s), %(options)s)
    FROM wagtailsearch_indexentry WHERE id IN ({ids})
"""
EXCERPTS_ON_SQLITE = """
    SELECT rowid, snippet(wagtailsearch_indexentry_fts, 1, %(start)s, %(stop)s, '…', 30)
    FROM wagtailsearch_indexentry_fts WHERE wagtailsearch_indexentry_fts MATCH %(question)s AND +rowid IN ({ids})
"""


def rank(question: str, answers: list[int], first: int = 0) -> tuple[list[tuple[int, int]], int]:
    """Returns PER_PAGE hits that anybody may read, from number `first` on, and the number of all hits.

    A hit is the primary keys of a page and of its entry in the index. The pages in `answers` come first, what is over after what lasts,
    news after pages.
    """
    lasting = ContentType.objects.get_for_models(*(page_type for page_type in get_page_models() if not page_type.shares_titles))
    shown = SitePage.objects.open().not_type(SimplePage).filter(depth__gt=1).extra(where=["pages_sitepage.id = page.id"]).values("pk")
    shown_sql, shown_params = shown.query.sql_with_params()
    parts = {
        "postgresql": (SCORES_ON_POSTGRESQL, LASTING_ON_POSTGRESQL, NEWEST_ON_POSTGRESQL),
        "sqlite": (SCORES_ON_SQLITE, LASTING_ON_SQLITE, NEWEST_ON_SQLITE),
    }[connection.vendor]
    statement = RANK.replace("{scores}", parts[0]).replace("{lasting}", parts[1]).replace("{newest}", parts[2])
    statement = statement.replace("{answers}", " ".join(ANSWER.format(place=place, pk=pk) for place, pk in enumerate(answers)))
    types = ", ".join(str(content_type.pk) for content_type in lasting.values())
    statement = statement.format(types=types, most=MOST_RANKED, shown=shown_sql, per_page=PER_PAGE, first=first)
    news = ContentType.objects.get_for_model(NewsPage).pk
    with connection.cursor() as cursor:
        cursor.execute(statement, [question, question, *shown_params, timezone.localdate(), news])
        rows = cursor.fetchall()
    return [(page, entry) for page, entry, _ in rows], rows[0][2] if rows else 0


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
    # PostgreSQL gives the beginning of a text that has none of the words.
    return [(page, mark_cuts(excerpts[entry]) if START in excerpts.get(entry, "") else "") for page, entry in hits]


def mark_cuts(excerpt: str) -> str:
    """Adds an ellipsis where a sentence of `excerpt` is cut; removes half a word at its end: « de l’… »."""
    excerpt = re.sub(r"\s\w{1,2}[’']…?$", "…", excerpt)
    begins, ends = excerpt.lstrip(START)[:1], excerpt.rstrip(STOP)[-1:]
    return f"{'…' if begins.islower() else ''}{excerpt}{'' if ends in '.!?…' else '…'}"
