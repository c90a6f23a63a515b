"""French typography, done by the machine when a page is rendered."""

import pytest

from pages.models import Organisation
from pages.text.typography import keep_together, typeset, typeset_piece, typeset_text

NARROW, WIDE = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Qui ? Moi ; toi : lui !", f"Qui{NARROW}? Moi{NARROW}; toi{WIDE}: lui{NARROW}!"),
        ("Bonjour! Pourquoi?", f"Bonjour{NARROW}! Pourquoi{NARROW}?"),
        ("Horaires: le matin", f"Horaires{WIDE}: le matin"),
        ("« ici » et «là»", f"«{WIDE}ici{WIDE}» et «{WIDE}là{WIDE}»"),
        ("l'eau d'aujourd'hui, jusqu'«ici»", f"l’eau d’aujourd’hui, jusqu’«{WIDE}ici{WIDE}»"),
        ("12 000 € à 14 h 30, 10 %", f"12{NARROW}000{WIDE}€ à 14{WIDE}h{WIDE}30, 10{WIDE}%"),
        ("1 000 000 km, 36 ans, 50 m²", f"1{NARROW}000{NARROW}000{WIDE}km, 36{WIDE}ans, 50{WIDE}m²"),
        ("de 9 h à 12 h", f"de 9{WIDE}h{WIDE}à{WIDE}12{WIDE}h"),
        ("En 2007 l'association, le 3 m'a dit", "En 2007 l’association, le 3 m’a dit"),
        ("le 1er mars et le 12 août", f"le 1er{WIDE}mars et le 12{WIDE}août"),
        ("les 24 et 25 décembre", f"les 24{WIDE}et{WIDE}25{WIDE}décembre"),
        ("le 1 mars, le 21 mars", f"le 1er{WIDE}mars, le 21{WIDE}mars"),
        ("un e-mail", "un e-mail"),
        # what is no French sentence
        ("https://example.org/?a;b !", f"https://example.org/?a;b{NARROW}!"),
        ("www.example.org/?q=a contact@example.org", "www.example.org/?q=a contact@example.org"),
        ("12:30", "12:30"),
        ("03 84 00 00 00", WIDE.join(["03", "84", "00", "00", "00"])),
        ("90000 Belfort, en 1990 200 personnes", "90000 Belfort, en 1990 200 personnes"),
        ("5' 10", "5' 10"),
    ],
)
def test_text_is_set_and_what_is_right_stays(typed, shown):
    assert typeset_text(typed) == shown
    assert typeset_text(shown) == shown


def test_only_the_text_between_tags_is_set():
    assert typeset('<a title="a ? b" href="/x?y : z">c ?</a>') == f'<a title="a ? b" href="/x?y : z">c{NARROW}?</a>'
    assert (
        typeset("<code>a ? b</code><svg><text>c ?</text></svg><p>d ?</p>")
        == f"<code>a ? b</code><svg><text>c ?</text></svg><p>d{NARROW}?</p>"
    )
    assert typeset("<p>R&amp;D : l&#x27;<b>eau</b> &lt;i&gt; ?</p>") == f"<p>R&amp;D{WIDE}: l’<b>eau</b> &lt;i&gt;{NARROW}?</p>"
    assert typeset("<b>Attention</b> !") == f"<b>Attention</b>{NARROW}!"


def test_blank_lines_between_tags_are_left_out():
    assert (
        typeset("<p>a</p>\n\n  \n<p>b</p> <i>c</i>\n\n<pre><b>d</b>\n\n<b>e</b></pre>")
        == "<p>a</p>\n<p>b</p> <i>c</i>\n<pre><b>d</b>\n\n<b>e</b></pre>"
    )


def test_a_word_with_a_hyphen_is_kept_whole_by_markup_that_no_text_browser_shows():
    assert typeset("<p>un e-mail, des E-mails, e-mailing</p>") == (
        '<p>un <span class="nb">e-mail</span>, des <span class="nb">E-mails</span>, e-mailing</p>'
    )


@pytest.mark.parametrize("run", ["_", "a", " ", "\xa0", "<", "&nbsp;", "@", "«"])
def test_a_long_run_of_one_character_takes_no_longer_than_a_text(run):
    """A long text pasted by mistake must not take seconds: with a quadratic pattern this would take minutes."""
    assert typeset(f"<p>{run * 100_000}</p>").endswith("</p>")


def test_an_inverted_pronoun_stays_with_its_verb_in_large_titles():
    assert typeset("<h1>Qui sommes-nous ?</h1>") == f'<h1>Qui <span class="nb">sommes-nous{NARROW}?</span></h1>'
    assert "span" not in typeset("<h1>Second-œuvre</h1><p>Que fait-il ?</p>")


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("J’habite le quartier", "J’habite [le quartier]"),
        ("Participer à la vie de quartier", "Participer à_la_vie [de quartier]"),
        ("Je cherche un travail", "Je cherche un_travail"),
        ("Travailler à la Régie ?", f"Travailler [à la Régie{NARROW}?]"),
        ("Je suis une collectivité", "Je suis [une collectivité]"),
        ("Améliorer le cadre de vie", "Améliorer le_cadre de_vie"),
        ("Soin du quartier, au travail.", "Soin [du quartier,] [au travail.]"),
        ("Agir dans l’intercommunalité", "Agir dans l’intercommunalité"),  # a long word has a line for itself
        ("Tout-en-un, aujourd’hui", "Tout-en-un, aujourd’hui"),
    ],
)
def test_a_short_word_stays_with_the_next_one_in_titles(title, kept):
    kept = kept.replace("_", WIDE).replace("[", '<span class="nb">').replace("]", "</span>")
    for start, end in (("<h3>", "</h3>"), ('<a class="title" href="/">', "</a>"), ('<b class="title">', "</b>")):
        assert typeset(f"{start}{title}{end}") == f"{start}{kept}{end}"
    assert typeset(f"<p>{title}</p>") == f"<p>{typeset_text(title)}</p>"


@pytest.mark.postgresql
@pytest.mark.django_db
def test_what_staff_type_is_set_on_the_page(client):
    organisation = Organisation.get()
    organisation.address = "Entrée de l'immeuble : porte B"
    organisation.save()
    page = client.get("/").content.decode()
    assert f"Entrée de l’immeuble{WIDE}: porte B" in page
    organisation.address = "<script>alert('a ? b')</script>"
    organisation.save()
    assert "<script>alert" not in client.get("/").content.decode()


@pytest.mark.django_db
def test_texts_that_were_typeset_before_are_remembered(client):
    first = client.get("/contact/").content
    before = [each.cache_info().misses for each in (typeset_piece, keep_together)]
    assert client.get("/contact/").content == first
    assert [each.cache_info().misses for each in (typeset_piece, keep_together)] == before
