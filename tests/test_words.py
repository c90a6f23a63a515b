"""The site's own words are easy to read, and follow the rules of `docs/words.md`."""

import re

import pytest
import textstat
from assertions import count_words, parse, sentences, words
from django.core.exceptions import ValidationError

from pages.models import District, SimplePage, SitePage
from pages.versions.simple import MAX_WORDS as MAX_WORDS_OF_SIMPLE_VERSIONS

pytestmark = pytest.mark.django_db

MAX_WORDS = 25  # of a sentence
# The least score of Flesch's reading ease for French (Kandel and Moles, 1958): 100 is very easy, 60 a newspaper. A floor, not the aim.
MIN_EASE = {"/travailler-a-la-regie/": 78, "/vie-de-quartier/": 78}
MIN_EASE_OF_SIMPLE_VERSIONS = 85
MIN_EASE_OF_OTHERS = 75
VIEWS = ("/plan-du-site/", "/glossaire/", "/recherche/?q=zzqx", "/pas-de-page/")


def test_pages_are_easy_to_read(client):
    """Prints a line for each page with `pytest -s`: reading ease, number of sentences, words of the longest."""
    textstat.set_lang("fr")
    hard = []
    simple = {page.url for page in SimplePage.objects.all()}
    assert len(simple) == 3
    least = MIN_EASE | dict.fromkeys(simple, MIN_EASE_OF_SIMPLE_VERSIONS)
    for address in [*SitePage.objects.public().filter(depth__gt=1).values_list("url_path", flat=True), *VIEWS]:
        address = address.removeprefix("/home")
        found = sentences(parse(client.get(address)))
        # A sentence without a full stop, such as a list item, is one too.
        ease = textstat.flesch_reading_ease(" ".join(sentence if sentence[-1] in ".!?…" else f"{sentence}." for sentence in found))
        longest = max(found, key=count_words)
        print(f"{ease:6.1f} {len(found):4} {count_words(longest):3}  {address}")
        if ease < least.get(address, MIN_EASE_OF_OTHERS):
            hard.append((address, ease))
        if count_words(longest) > (MAX_WORDS_OF_SIMPLE_VERSIONS if address in simple else MAX_WORDS):
            hard.append((address, longest))
    assert not hard


def test_inclusive_forms_can_be_read_aloud(starting_site):
    """A screen reader reads « habitant·e·s » and « salarié(e) » letter by letter."""
    for address, answer in starting_site.answers.items():
        if answer.is_page:
            assert not re.search(r"\w·\w|\w\(e\)|\w\(e?s\)", words(answer.page)), address


def test_the_association_says_we_in_titles_only(starting_site):
    for address, answer in starting_site.answers.items():
        if answer.is_page:
            assert not [s for s in sentences(answer.page) if re.search(r"\b(nous|nos|notre)\b", s) and s[-1] == "."], address


@pytest.mark.parametrize(
    ("article", "name", "shown", "after_quartier"),
    [
        ("les ", "Glacis", "Les Glacis", "des Glacis"),
        ("le ", "Mont/Pépinière", "Le Mont/Pépinière", "du Mont/Pépinière"),
        ("la ", "Douce", "La Douce", "de la Douce"),
        ("l’", "Étang", "L’Étang", "de l’Étang"),
        ("", "Belfort Nord", "Belfort Nord", "de Belfort Nord"),
        ("", "Offemont", "Offemont", "d’Offemont"),
    ],
)
def test_a_quartier_is_named_with_its_article(article, name, shown, after_quartier):
    district = District(article=article, name=name)
    assert (str(district), district.with_preposition) == (shown, after_quartier)


@pytest.mark.parametrize("name", ["Les Glacis", "le Mont", "La Douce", "l’Étang"])
def test_a_quartier_has_its_article_once(name):
    with pytest.raises(ValidationError, match="Choisissez l’article"):
        District(name=name).clean()
    District(name="Lescure").clean()
