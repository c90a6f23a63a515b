"""On PostgreSQL: the text search configuration `site_french`, French stems that ignore accents and read œ as oe, and an index."""

from django.db import migrations


def configure_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
        # Stems alone: « Qui sommes-nous ? » is a title, and all of its words are stop words.
        schema_editor.execute("CREATE TEXT SEARCH DICTIONARY site_french_stem (TEMPLATE = snowball, LANGUAGE = french)")
        schema_editor.execute("CREATE TEXT SEARCH CONFIGURATION site_french (COPY = french)")
        for tokens, dictionary in (
            ("asciiword, asciihword, hword_asciipart, hword, hword_part, word", "site_french_stem"),
            ("numword, numhword, hword_numpart", "simple"),
        ):
            schema_editor.execute(f"ALTER TEXT SEARCH CONFIGURATION site_french ALTER MAPPING FOR {tokens} WITH unaccent, {dictionary}")
        # Wagtail's own indexes are on title and body alone; the query of `pages/search/sql.py` is for words of both.
        schema_editor.execute("CREATE INDEX search_words ON wagtailsearch_indexentry USING gin ((title || body))")


def remove_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX search_words")
        schema_editor.execute("DROP TEXT SEARCH CONFIGURATION site_french")
        schema_editor.execute("DROP TEXT SEARCH DICTIONARY site_french_stem")


class Migration(migrations.Migration):

    dependencies = [('pages', '0003_page_types'), ('wagtailsearch', '0010_add_text_fields')]

    operations = [migrations.RunPython(configure_search, remove_search)]
