"""Search in the pages that anybody may read: by French stems on PostgreSQL, by beginnings of words on SQLite, in singular and plural.

Wagtail keeps the index; its own ranked query runs a subquery for each hit on SQLite, so one statement ranks and cuts here.
"""

import re
import unicodedata
from difflib import get_close_matches

from django.apps import apps
from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from .navigation import open_pages

PER_PAGE = 10
MOST_WORDS = 8  # of a question; what follows is not asked
MOST_HITS = 500  # that can be leafed through
PROSE = (models.CharField, models.TextField, StreamField)
LIKENESS = 0.75  # from 0 to 1, as difflib counts: « traval » is « travail »
SAYS_NOTHING = frozenset(
    "au aux avec ce ces cet cette comment dans de des du elle en est et il je la le les leur ma mes mon ne nous on ou par pas pour "  # noqa: SIM905
    "qu que quel quelle qui sa se ses son sont sur ta tes ton tu un une vous".split()
)
# Who asks one of these wants to be told how to reach the association, not where that is written.
ASKS_TO_REACH = {
    "adresse",
    "appeler",
    "contact",
    "courriel",
    "email",
    "heures",
    "horaire",
    "horaires",
    "mail",
    "numero",
    "tel",
    "telephone",
}
START, STOP = "\x02", "\x03"  # around a word that was found, in an excerpt


def texts_of(thing):
    """All the words in the fields of a page or an item of one, and in the items below it, each text ended like a sentence."""
    for field in type(thing)._meta.local_fields:
        if field.choices or field.name == "nav_title" or not isinstance(field, PROSE) or isinstance(field, models.URLField):
            continue
        value = field.value_from_object(thing)
        for text in field.get_searchable_content(value) if hasattr(field, "get_searchable_content") else [value]:
            text = " ".join(readable(text).split())
            if text:
                yield text if text[-1] in ".!?:;…" else f"{text}."
    for name in child_names(type(thing)):
        for item in getattr(thing, name).all():
            yield from texts_of(item)


def child_names(model):
    """The names of the items below a page or an item of the `model`; only our own: comments of staff are related to each page too."""
    return [
        relation.get_accessor_name()
        for relation in get_all_child_relations(model)
        if relation.related_model._meta.app_label == model._meta.app_label
    ]


def readable(text):
    """`text` without the control characters that Word leaves behind, which XML forbids (1.0, 2.2) and excerpts are marked with."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)


def fold(word):
    """`word` without case or accents, œ as oe: what both databases see of it."""
    word = word.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isalnum())


def words_of(question):
    """The words of a `question` that can be asked: letters and digits alone, two at least, folded, without those that say nothing."""
    words = [fold(word) for word in re.findall(r"[^\W_]{2,40}", unicodedata.normalize("NFC", question))]
    words = list(dict.fromkeys(word for word in words if len(word) > 1))
    return ([word for word in words if word not in SAYS_NOTHING] or words)[:MOST_WORDS]


def forms_of(word):
    """The `word`, and its plural or singular in s or x."""
    return [word, word[:-1]] if len(word) > 3 and word[-1] in "sx" else [word, f"{word}s"]


def are_the_same(words, text):
    """Whether the `words` of a question are those of `text`, but for singular and plural."""
    others = words_of(text)
    return len(words) == len(others) and all(
        one in forms_of(other) or other in forms_of(one) for one, other in zip(words, others, strict=True)
    )


def nearest(words):
    """The `words`, each made the one of a title or of the glossary that is nearly the same; None where that changes nothing."""
    titles = open_pages().filter(newspage=None, eventpage=None, depth__gt=1).values_list("title", flat=True)
    terms = apps.get_model("pages", "GlossaryTerm").objects.values_list("term", flat=True)
    known = {fold(word): word.lower() for text in (*titles, *terms) for word in re.findall(r"[^\W\d_]{4,}", text)}
    likely = [(get_close_matches(word, known, 1, LIKENESS) or [word])[0] for word in words]
    return None if likely == words else [known.get(word, word) for word in likely]


def found(words, page=1):
    """The hits for all `words`, else for any: a page of `(page id, excerpt)`, best first, and how many there are (up to MOST_HITS).

    A word in a title counts most.
    """
    for operator in ("AND", "OR") if len(words) > 1 else ("AND",):
        hits = ranked(words, operator, (page - 1) * PER_PAGE)
        if hits:
            return [(pk, excerpt) for pk, _, excerpt in hits], hits[0][1]
        if page > 1 and ranked(words, operator, 0):
            break
    return [], 0


def ranked(words, operator, offset):
    """Rows of a page's id, the number of hits and an excerpt: the best MOST_HITS are ranked, then what is not open is left out."""
    entry, fts = IndexEntry._meta.db_table, f"{IndexEntry._meta.db_table}_fts"
    if connection.vendor == "postgresql":
        question = {"AND": " & ", "OR": " | "}[operator].join(f"({' | '.join(forms_of(word))})" for word in words)
        asked, match = "to_tsquery('site_french', %s)", f"({entry}.title || {entry}.body) @@ (SELECT question FROM asked)"
        tables = entry
        # A rank is 1 at most.
        score = " - ".join(
            f"{weight} * ts_rank({entry}.{field}, (SELECT question FROM asked))" for weight, field in ((-100, "title"), (1, "body"))
        )
        options = f'StartSel="{START}", StopSel="{STOP}", MaxWords=30, MinWords=20'
        excerpt = f"ts_headline('site_french', body_text, question, '{options}') FROM asked, hits JOIN {entry} ON {entry}.id = hits.entry"
    else:
        question = f" {operator} ".join(map(for_sqlite, words))
        asked, match = "%s", f"{fts} MATCH (SELECT question FROM asked)"
        tables = f"{entry} JOIN {fts} ON {fts}.rowid = {entry}.id"
        score = f"bm25({fts}, 0, 1, 100)"  # its columns are autocomplete, body and title
        # One pass over what matches, where a join by row would begin a search for each row: hence the order and the sign.
        excerpt = f"snippet({fts}, 1, '{START}', '{STOP}', '…', 30) FROM {fts} CROSS JOIN hits ON hits.entry = +{fts}.rowid WHERE {match}"
    is_open, params = open_pages().filter(depth__gt=1, pk=RawSQL("best.page", ())).values("pk").query.sql_with_params()
    # What lasts goes before news, and what is past comes last. Less is better.
    statement = f"""
        WITH asked (question) AS (SELECT {asked}),
        best AS (
            SELECT {entry}.id AS entry, page.id AS page, {score} AS score
            FROM {tables} JOIN {Page._meta.db_table} AS page
                ON page.id = CAST({entry}.object_id AS integer) AND page.content_type_id = {entry}.content_type_id AND page.live
                LEFT JOIN pages_jobofferpage AS offer ON offer.page_ptr_id = page.id
            WHERE {match} AND (offer.last_day IS NULL OR offer.last_day >= %s) ORDER BY score LIMIT {MOST_HITS}
        ),
        hits AS MATERIALIZED (
            SELECT entry, page, COUNT(*) OVER () AS total,
                score * CASE WHEN event.past_from <= %s THEN 0.3 WHEN news.date IS NOT NULL THEN 0.6 ELSE 1 END AS score
            FROM best
                LEFT JOIN pages_eventpage AS event ON event.page_ptr_id = page
                LEFT JOIN pages_newspage AS news ON news.page_ptr_id = page
            WHERE EXISTS ({is_open}) ORDER BY 4, page LIMIT {PER_PAGE} OFFSET {offset}
        )
        SELECT page, total, {excerpt} ORDER BY score, page
    """
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(statement, [question, today, today, *params])
        return [(page, total, open_ended(excerpt)) for page, total, excerpt in cursor]


def for_sqlite(word):
    """A `word` for FTS5, which folds accents but not œ: its forms, and from four letters on all that begins like it."""
    forms = [f'"{form}"{"*" if form == word and len(word) > 3 else ""}' for form in forms_of(word)]
    return f"({' OR '.join([*forms, *(form.replace('oe', 'œ') for form in forms if 'oe' in form)])})"


def open_ended(excerpt):
    """An `excerpt` with an ellipsis where a sentence is cut, and none after half a word: « de l’… »."""
    excerpt = re.sub(r"\s\w{1,2}[’']…?$", "…", excerpt)
    begins, ends = excerpt.lstrip(START)[:1], excerpt.rstrip(STOP)[-1:]
    return f"{'…' if begins.islower() else ''}{excerpt}{'' if ends in '.!?…' else '…'}"
