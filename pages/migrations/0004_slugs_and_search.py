"""A slug for each quartier, and on PostgreSQL French stems that ignore accents and read œ as oe."""

from django.db import migrations, models
from django.utils.text import slugify


def name_districts(apps, schema_editor):
    taken = set()
    for district in apps.get_model("pages", "District").objects.all():
        base = slugify(district.name)[:70] or "nom"
        district.slug = next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1000))) if slug not in taken)
        taken.add(district.slug)
        district.save(update_fields=["slug"])


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


def forget_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TEXT SEARCH CONFIGURATION site_french")
        schema_editor.execute("DROP TEXT SEARCH DICTIONARY site_french_stem")


class Migration(migrations.Migration):
    dependencies = [("pages", "0003_the_site_answers")]

    operations = [
        migrations.AddField("district", "slug", models.CharField(editable=False, max_length=80, null=True)),
        migrations.RunPython(name_districts, migrations.RunPython.noop),
        migrations.AlterField("district", "slug", models.SlugField(editable=False, max_length=80, unique=True)),
        migrations.RunPython(configure_search, forget_search),
    ]
