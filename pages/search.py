"""Search in the pages that anybody may read: by French stems on PostgreSQL, by beginnings of words on SQLite.

Wagtail keeps the index; its own ranked query runs a subquery for each hit on SQLite, so one statement ranks and cuts here.
"""

import re
import unicodedata

from django.db import connection, models
from django.db.models.expressions import RawSQL
from modelcluster.models import get_all_child_relations
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from .navigation import open_pages

PER_PAGE = 10
MOST_WORDS = 8  # of a question; what follows is not asked
MOST_HITS = 500  # that can be leafed through
PROSE = (models.CharField, models.TextField, StreamField)
START, STOP = "\x02", "\x03"  # around a word that was found, in an excerpt


def texts_of(thing):
    """All the words in the fields of a page or an item of one, and in the items below it, each text ended like a sentence."""
    for field in type(thing)._meta.local_fields:
        if field.choices or field.name == "nav_title" or not isinstance(field, PROSE) or isinstance(field, models.URLField):
            continue
        value = field.value_from_object(thing)
        for text in field.get_searchable_content(value) if hasattr(field, "get_searchable_content") else [value]:
            text = apart(" ".join(text.split()))
            if text:
                yield text if text[-1] in ".!?:;…" else f"{text}."
    for relation in get_all_child_relations(type(thing)):
        # Only its own: comments of staff are related to each page too.
        if relation.related_model._meta.app_label == thing._meta.app_label:
            for item in getattr(thing, relation.get_accessor_name()).all():
                yield from texts_of(item)


def apart(text):
    """`text` with an invisible space after each slash: PostgreSQL takes « Mont/Pépinière » for one word, the name of a file."""
    return text.replace("/", "/\u200b")


def fold(word):
    """`word` without case or accents, œ as oe: what both databases see of it."""
    word = word.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isalnum())


def words_of(question):
    """The words of a `question` that can be asked: letters and digits alone, two at least, folded."""
    # Longer words than the limit are no words.
    words = [fold(word) for word in re.findall(r"[^\W_]{2,40}", unicodedata.normalize("NFC", question[:500]))]
    return list(dict.fromkeys(word for word in words if len(word) > 1))[:MOST_WORDS]


def found(words, page=1):
    """The hits for all `words`, else for any: a page of `(page id, excerpt)`, best first, and how many there are (up to MOST_HITS).

    A word in a title counts most.
    """
    for operator in ("AND", "OR") if len(words) > 1 else ("AND",):
        hits = ranked(words, operator, (page - 1) * PER_PAGE)
        if hits:
            return [(pk, excerpt) for pk, _, excerpt in hits], hits[0][1]
        if page > 1:
            break
    return [], 0


def ranked(words, operator, offset):
    """Rows of a page's id, the number of hits and an excerpt: the best MOST_HITS are ranked, then what is not open is left out."""
    entry, fts = IndexEntry._meta.db_table, f"{IndexEntry._meta.db_table}_fts"
    on_postgres = connection.vendor == "postgresql"
    if on_postgres:
        question, tables = for_postgres(words, operator), entry
        asked, match = "to_tsquery('site_french', %s)", f"({entry}.title || {entry}.body) @@ (SELECT question FROM asked)"
        # A rank is 1 at most.
        score = " - ".join(
            f"{weight} * ts_rank({entry}.{field}, (SELECT question FROM asked))" for weight, field in ((-100, "title"), (1, "body"))
        )
        options = f'StartSel="{START}", StopSel="{STOP}", MaxWords=30, MinWords=20'
        excerpt = f"ts_headline('site_french', body_text, question, '{options}') FROM asked, hits JOIN {entry} ON {entry}.id = hits.entry"
    else:
        question, tables = for_sqlite(words, operator), f"{entry} JOIN {fts} ON {fts}.rowid = {entry}.id"
        asked, match = "%s", f"{fts} MATCH (SELECT question FROM asked)"
        score = f"bm25({fts}, 0, 1, 100)"  # its columns are autocomplete, body and title
        # One pass over what matches, where a join by row would begin a search for each row: hence the order and the sign.
        excerpt = f"snippet({fts}, 1, '{START}', '{STOP}', '…', 30) FROM {fts} CROSS JOIN hits ON hits.entry = +{fts}.rowid WHERE {match}"
    is_open, params = open_pages().filter(depth__gt=1, pk=RawSQL("best.page", ())).values("pk").query.sql_with_params()
    statement = f"""
        WITH asked (question) AS (SELECT {asked}),
        best AS (
            SELECT {entry}.id AS entry, page.id AS page, {score} AS score
            FROM {tables} JOIN {Page._meta.db_table} AS page
                ON page.id = CAST({entry}.object_id AS integer) AND page.content_type_id = {entry}.content_type_id
            WHERE {match} ORDER BY score LIMIT {MOST_HITS}
        ),
        hits AS MATERIALIZED (
            SELECT entry, page, score, COUNT(*) OVER () AS total
            FROM best WHERE EXISTS ({is_open}) ORDER BY score, page LIMIT {PER_PAGE} OFFSET {offset}
        )
        SELECT page, total, {excerpt} ORDER BY score, page
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [question, *params])
        return [(page, total, open_ended(excerpt) if on_postgres else excerpt) for page, total, excerpt in cursor]


def open_ended(excerpt):
    """An `excerpt` with what SQLite writes of itself: an ellipsis where a sentence is cut."""
    words = excerpt.lstrip(START)
    return f"{'…' if words[:1].islower() else ''}{excerpt}{'' if excerpt.rstrip(STOP)[-1:] in '.!?' else '…'}"


def for_sqlite(words, operator):
    """The `words` for FTS5, which folds accents but not œ; as beginnings of words, without the s or x of a plural."""
    shorn = [word[:-1] if len(word) > 4 and word[-1] in "sx" else word for word in words]
    return f" {operator} ".join(f'("{word}"* OR "{word.replace("oe", "œ")}"*)' for word in shorn)


def for_postgres(words, operator):
    return {"AND": " & ", "OR": " | "}[operator].join(f"{word}:*" for word in words)
