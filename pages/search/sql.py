"""The search's own SQL, one statement for each database."""

import json
import re

from django.db import connection

from .question import get_forms

START, STOP = "\x02", "\x03"  # the signs around a found word in an excerpt


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
