"""The kinds of things that staff edit, one form of each: where it is, a field of it, and what is stored."""

from django.urls import reverse

from pages.models import ContactPage, District, GlossaryTerm, KeyFigure, Message, Organisation, SearchWord

PUBLISHING, WRITING, CHIEF = "Publication", "Rédaction", "administrateur"
HERS, HIS = "Texte de Léa.", "Texte de Paul."


def snippet(name, pk=1):
    return reverse(f"wagtailsnippets_pages_{name}:edit", args=[pk])


# For each kind: where it is edited, a field of text, what of it is stored, who may, and the names of its buttons.
KINDS = {
    "page": (
        lambda: reverse("wagtailadmin_pages:edit", args=[ContactPage.objects.get().pk]),
        "introduction",
        lambda: ContactPage.objects.get().get_latest_revision_as_object().introduction,
        {PUBLISHING: ("", "action-publish"), WRITING: ("",), CHIEF: ("", "action-publish")},
    ),
    "earlier version of a page": (
        lambda: reverse(
            "wagtailadmin_pages:revisions_revert", args=[ContactPage.objects.get().pk, ContactPage.objects.get().latest_revision_id]
        ),
        "introduction",
        lambda: ContactPage.objects.get().get_latest_revision_as_object().introduction,
        {PUBLISHING: ("", "action-publish"), WRITING: ("",), CHIEF: ("action-publish",)},
    ),
    "figure": (
        lambda: snippet("keyfigure", KeyFigure.objects.first().pk),
        "explanation",
        lambda: KeyFigure.objects.first().explanation,
        {PUBLISHING: ("",), WRITING: ("",), CHIEF: ("",)},
    ),
    "organisation": (lambda: snippet("organisation"), "address", lambda: Organisation.get().address, {PUBLISHING: ("",), CHIEF: ("",)}),
    "quartier": (
        lambda: snippet("district", District.objects.first().pk),
        "name",
        lambda: District.objects.order_by("sort_order").first().name,
        {PUBLISHING: ("",), CHIEF: ("",)},
    ),
    "explained word": (
        lambda: snippet("glossaryterm", GlossaryTerm.objects.order_by("pk").first().pk),
        "definition",
        lambda: GlossaryTerm.objects.order_by("pk").first().definition,
        {PUBLISHING: ("",), WRITING: ("",), CHIEF: ("",)},
    ),
    "visitors’ word": (
        lambda: snippet("searchword", SearchWord.objects.order_by("pk").first().pk),
        "words",
        lambda: SearchWord.objects.order_by("pk").first().words,
        {PUBLISHING: ("",), WRITING: ("",), CHIEF: ("",)},
    ),
    "message": (
        lambda: reverse("message:edit", args=[Message.objects.get().pk]),
        "note",
        lambda: Message.objects.get().note,
        {PUBLISHING: ("", "answered"), CHIEF: ("", "answered")},
    ),
}
