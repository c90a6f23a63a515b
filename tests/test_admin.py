"""The admin for each staff group: in French, with the screens that the group may use and none that the site does not need."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from assertions import links, menu, parse, to_complete, words
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import model_to_dict
from django.forms.utils import pretty_name
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.text import capfirst
from examples import EXAMPLE_FIELDS, event, fill_organisation, news, offer, picture
from PIL import Image as PillowImage
from wagtail.blocks import BlockField
from wagtail.documents.forms import get_document_form
from wagtail.images.forms import get_image_form
from wagtail.models import get_page_models

from pages.models import (
    District,
    GlossaryTerm,
    HomePage,
    JobsPage,
    KeyFigure,
    LegalPage,
    NewsIndexPage,
    NewsPage,
    Organisation,
    Prescriber,
    ServicePage,
    SimplePage,
    SiteDocument,
    SiteImage,
    SitePage,
    StandardPage,
)
from pages.organisation.admin import OrganisationViewSet
from pages.text.dates import format_day
from regie.operations.rights import set_up

pytestmark = pytest.mark.django_db

WRITING, PUBLISHING = "Rédaction", "Publication"


def test_the_menu_of_a_writer(admin):
    shown = menu(admin(WRITING))
    assert shown[:3] == ["Pages", "Mode d’emploi", "Chiffres clés"]
    assert not {"Messages", "L’organisation", "Quartiers", "Réglages", "Fragments", "Aide"} & set(shown)


def test_the_menu_of_a_publisher(admin):
    assert menu(admin(PUBLISHING))[:6] == ["Ouvrir le site", "Pages", "Messages", "Mode d’emploi", "Chiffres clés", "L’organisation"]


@pytest.mark.parametrize(
    ("group", "address", "status"),
    [
        (WRITING, reverse("wagtailsnippets_pages_keyfigure:list"), 200),
        (WRITING, reverse("wagtailsnippets_pages_keyfigure:add"), 302),
        (WRITING, reverse("wagtailsnippets_pages_organisation:list"), 302),
        (WRITING, reverse("wagtailsnippets_pages_organisation:edit", args=[1]), 302),
        (WRITING, reverse("wagtailsnippets_pages_district:add"), 302),
        (WRITING, reverse("wagtailimages:add_multiple"), 200),
        (PUBLISHING, reverse("wagtailsnippets_pages_keyfigure:add"), 200),
        (PUBLISHING, reverse("wagtailsnippets_pages_organisation:edit", args=[1]), 200),
        (PUBLISHING, reverse("wagtailsnippets_pages_organisation:add"), 302),
        (PUBLISHING, reverse("wagtailsnippets_pages_organisation:delete", args=[1]), 302),
        (PUBLISHING, reverse("wagtailsnippets_pages_district:add"), 200),
        (PUBLISHING, reverse("wagtailusers_users:index"), 302),
    ],
)
def test_what_each_group_may_open(admin, group, address, status):
    assert admin(group).get(address).status_code == status


def test_writers_submit_and_publishers_publish(staff):
    page = HomePage.objects.get()
    assert not page.permissions_for_user(staff(WRITING)).can_publish()
    assert page.permissions_for_user(staff(PUBLISHING)).can_publish()
    assert page.get_workflow().name == "Relecture par Publication"


def test_the_entry_of_the_organisation_opens_its_form(admin):
    client = admin(PUBLISHING)
    edit = reverse("wagtailsnippets_pages_organisation:edit", args=[1])
    assert client.get(reverse("wagtailsnippets_pages_organisation:list")).headers["location"] == edit
    Organisation.objects.all().delete()
    assert client.get(reverse("wagtailsnippets_pages_organisation:list")).headers["location"] == edit
    assert Organisation.objects.count() == 1


def test_staff_are_told_what_is_missing_and_led_to_the_very_field(admin):
    missing = to_complete(admin(PUBLISHING))
    for said in (
        "« salariés »",
        "« actions de formation",
        "Téléphone",
        "#id_phone",
        "SIREN",
        "#id_siren",
        "Mentions légales</a> : à valider",
        "poser sa candidature",
        "Ce que nous faisons",
    ):
        assert said in missing
    assert "expérience" not in missing


def test_nothing_missing_is_said_so(admin):
    KeyFigure.objects.update(since_year=2000)
    LegalPage.objects.update(validated_on=date(2026, 1, 1))
    JobsPage.objects.update(application=[("step", {"title": "Écrivez", "text": ""})])
    Prescriber.objects.create(page=JobsPage.objects.get(), title="Un organisme")
    ServicePage.objects.all().delete()
    fill_organisation()
    Organisation.objects.update(hosting_country="France")
    assert "Tout est rempli." in to_complete(admin(PUBLISHING))


def test_writers_are_told_of_figures_only(admin):
    missing = to_complete(admin(WRITING))
    assert "« salariés »" in missing
    assert "#id_phone" not in missing


def test_djangos_own_admin_is_not_mounted(admin):
    client = admin(PUBLISHING)
    for address in ("/django-admin/", "/admin/auth/user/", "/admin/pages/keyfigure/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("page_type", [model for model in get_page_models() if model is not SitePage], ids=lambda model: model.__name__)
def test_every_page_type_has_a_preview(admin, page_type):
    client = admin(PUBLISHING)
    page = page_type.objects.first()
    if page is None:
        page = page_type(**EXAMPLE_FIELDS[page_type])
        page_type.allowed_parent_page_models()[0].objects.first().add_child(instance=page)
    preview = page.make_preview_request(client.get("/admin/").wsgi_request)
    assert preview.status_code == 200
    assert page.title.split()[0] in preview.content.decode()


# What Django and Wagtail make of a name themselves is English; of these it is French too.
ALIKE = {"Collection", "Date", "Description", "Image", "Introduction", "Point", "Question", "Slug"}


def names_of(form_class):
    """Returns pairs (name in the code, label) of the fields of a form, of its formsets and its blocks."""
    for name, field in form_class.base_fields.items():
        if not field.widget.is_hidden:
            yield name, field.label
        if isinstance(field, BlockField):
            yield from names_of_blocks(field.block)
    for formset in getattr(form_class, "formsets", {}).values():
        yield from names_of(formset.form)


def names_of_blocks(block):
    for name, child in getattr(block, "child_blocks", {}).items():
        yield name, child.label
        yield from names_of_blocks(child)
    if hasattr(block, "child_block"):
        yield from names_of_blocks(block.child_block)


@pytest.mark.parametrize(
    "form_class",
    [model.get_edit_handler().get_form_class() for model in get_page_models() if model is not SitePage]
    + [model.snippet_viewset.get_form_class(for_update=True) for model in (KeyFigure, District, GlossaryTerm, Organisation)]
    + [get_image_form(SiteImage), get_document_form(SiteDocument)],
    ids=lambda form_class: form_class._meta.model.__name__,
)
def test_every_field_of_a_form_has_a_name_in_french(form_class):
    found = [(name, str(label)) for name, label in names_of(form_class) if name != "comment_notifications"]
    assert len(found) > 1
    assert [pair for pair in found if capfirst(pair[1]) == capfirst(pretty_name(pair[0])) and capfirst(pair[1]) not in ALIKE] == []


@pytest.mark.parametrize("known", [True, False])
def test_a_key_figure_has_a_preview(admin, known):
    figure = KeyFigure.objects.get(slug="ans-dexperience" if known else "salaries")
    text = figure.make_preview_request(admin(WRITING).get("/admin/").wsgi_request).content.decode()
    assert ("ans d’expérience" in text) is known
    assert ("à compléter" in text) is not known


@pytest.mark.parametrize("model", [KeyFigure, District, Organisation])
def test_snippets_have_a_history(admin, model):
    thing = model.objects.first()
    namespace = f"wagtailsnippets_pages_{model._meta.model_name}"
    assert admin(PUBLISHING).get(reverse(f"{namespace}:history", args=[thing.pk])).status_code == 200


def test_pages_are_listed_in_the_order_of_the_site(admin):
    about = SitePage.objects.get(slug="qui-sommes-nous")
    text = admin(PUBLISHING).get(reverse("wagtailadmin_explore", args=[about.pk])).content.decode()
    titles = ["L’histoire de la Régie", "Notre vocation", "Les 3 forces de la Régie", "Notre mission", "Notre réseau"]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_nothing_in_the_admin_leads_to_another_host_by_itself(admin):
    client = admin(PUBLISHING)
    for address in ("/admin/", "/admin/login/", reverse("wagtailadmin_explore_root"), reverse("wagtailadmin_account")):
        text = client.get(address).content.decode()
        assert not re.findall(r'(?:src|srcset|action)="(?:https?:)?//[^"]+', text)
        assert "releases.wagtail.org" not in text
        assert "gravatar" not in text


@pytest.mark.parametrize("model", [KeyFigure, District, Organisation])
def test_what_is_live_as_soon_as_it_is_saved_is_not_saved_by_itself(admin, model):
    address = reverse(f"wagtailsnippets_pages_{model._meta.model_name}:edit", args=[model.objects.first().pk])
    form = re.search(r"<form[^>]*w-editor-form.*?>", admin(PUBLISHING).get(address).content.decode(), re.S)[0]
    assert "w-unsaved" in form
    assert "w-autosave" not in form


def test_an_administrator_is_not_shown_what_a_single_site_needs_not(admin_client):
    assert "Sites" not in menu(admin_client)


@pytest.mark.parametrize(("group", "status"), [(WRITING, 302), (PUBLISHING, 200)])
def test_writers_leave_the_files_of_others_alone(admin, group, status):
    image = picture()
    document = SiteDocument.objects.create(title="Charte", file=ContentFile(b"texte", name="charte.txt"))
    client = admin(group)
    for name, thing in (("wagtailimages", image), ("wagtaildocs", document)):
        assert client.get(reverse(f"{name}:edit", args=[thing.pk])).status_code == status
        assert client.get(reverse(f"{name}:delete", args=[thing.pk])).status_code == status
        assert client.get(reverse(f"{name}:add_multiple")).status_code == 200


def rights(name):
    """Returns the permissions of a group: on models, on pages, on files."""
    group = Group.objects.get(name=name)
    given = [*group.permissions.all(), *(right.permission for right in group.page_permissions.all())]
    return {right.codename for right in [*given, *(right.permission for right in group.collection_permissions.all())]}


RIGHTS = {
    WRITING: {"access_admin", "add_sitepage", "change_sitepage", "view_keyfigure", "change_keyfigure"}
    | {f"{act}_{name}" for act in ("view", "add", "change") for name in ("glossaryterm", "searchword")}
    | {f"{act}_{file}" for act in ("add", "choose") for file in ("image", "document")},
    PUBLISHING: {
        "access_admin",
        "add_sitepage",
        "change_sitepage",
        "publish_sitepage",
        "unlock_sitepage",
        "view_organisation",
        "change_organisation",
    }
    | {
        f"{act}_{name}"
        for act in ("view", "add", "change", "delete")
        for name in ("keyfigure", "district", "glossaryterm", "searchword", "redirect")
    }
    | {f"{act}_message" for act in ("view", "change", "delete")}
    | {f"{act}_{file}" for act in ("add", "choose", "change") for file in ("image", "document")},
}
# On models, and of who publishes: Wagtail gives them and asks for others (of collections), but for the lock.
OF_WAGTAIL = {"change_document", "change_image", "delete_document", "delete_image", "lock_sitepage"}


@pytest.mark.parametrize("name", RIGHTS)
def test_a_group_has_its_rights_and_no_others_and_one_that_was_deleted_gets_them_again(name):
    assert RIGHTS[name] <= rights(name) <= RIGHTS[name] | OF_WAGTAIL
    Group.objects.filter(name=name).delete()
    set_up()
    assert rights(name) == RIGHTS[name]


def upload(content, name):
    return {"title": "Une photo", "file": SimpleUploadedFile(name, content), "people": "none"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_damaged_picture_is_refused_in_french(admin, form, part):
    whole = BytesIO()
    PillowImage.effect_noise((300, 300), 80).save(whole, form)
    data = upload(whole.getvalue()[: int(len(whole.getvalue()) * part)], f"photo.{form.lower()}")
    response = admin(WRITING).post(reverse("wagtailimages:add"), data)
    assert "abîmée" in str(response.context["form"].errors["file"])
    assert not SiteImage.objects.exists()


def test_a_past_last_day_of_a_notice_is_refused_but_an_old_one_bars_nothing():
    form_class = OrganisationViewSet().get_form_class(for_update=True)
    organisation = Organisation.get()
    organisation.notice, organisation.notice_until = "Fermé.", date(2020, 1, 2)
    organisation.save()
    empty = {f"{list_}-{name}_FORMS": "0" for list_ in ("social_links", "recipients") for name in ("TOTAL", "INITIAL")}
    typed = {name: value for name, value in model_to_dict(organisation).items() if value is not None}
    old = form_class({**typed, "notice_until": "02/01/2020", **empty}, instance=Organisation.get())
    assert old.is_valid(), old.errors
    new = form_class({**typed, "notice_until": "03/01/2020", **empty}, instance=Organisation.get())
    assert "déjà passé" in str(new.errors["notice_until"])


def test_the_large_button_publishes_for_who_may(admin):
    address = reverse("wagtailadmin_pages:edit", args=[HomePage.objects.get().pk])
    footer = admin(PUBLISHING).get(address).content.decode().rpartition("<footer")[2]
    assert footer.index("action-publish") < footer.index("Enregistrer le brouillon")


# The agenda is a page; the addresses of its calendars are below it, and no page can have a slug with a dot.
OWN = {part for part, slash, _ in (str(url.pattern).partition("/") for url in get_resolver().url_patterns) if slash}
OWN = sorted({part for part in OWN if re.fullmatch(r"[\w-]+", part)} - {"agenda"} | {"static"})


@pytest.mark.parametrize("slug", OWN)
def test_a_page_cannot_take_an_address_of_the_site_itself(slug):
    with pytest.raises(ValidationError, match="sert déjà"):
        HomePage.objects.get().add_child(instance=StandardPage(title="Une page", slug=slug))


def test_a_writer_deletes_only_what_she_wrote(client, staff):
    """Wagtail lets who may change pages delete every page that is not published."""
    writer, colleague = staff(WRITING), User.objects.create_user("colleague")
    parent = NewsIndexPage.objects.get()
    pages = [parent.add_child(instance=NewsPage(title=f"{who}", live=False, owner=who)) for who in (writer, colleague)]
    client.force_login(writer)
    own, other = (client.post(reverse("wagtailadmin_pages:delete", args=[page.pk])).status_code for page in pages)
    bulk = reverse("wagtail_bulk_action", args=["pages", "sitepage", "delete"])
    client.post(f"{bulk}?id={pages[1].pk}")
    assert (own, other) == (302, 302)
    assert list(NewsPage.objects.filter(live=False)) == [pages[1]]
    assert not pages[1].permissions_for_user(writer).can_delete()
    assert pages[1].permissions_for_user(User.objects.create_superuser("chef")).can_delete()


def test_an_administrator_moves_a_published_page_and_a_publisher_too(client, staff):
    """Wagtail asks the rule for deleting, which refuses all published pages here."""
    parent = HomePage.objects.get()
    other = parent.add_child(instance=StandardPage(title="Une autre page"))
    for user in (User.objects.create_superuser("chef"), staff(PUBLISHING)):
        page = parent.add_child(instance=StandardPage(title=f"Page de {user}"))
        client.force_login(user)
        to = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, other.pk])
        assert (other.title, to) in links(parse(client.get(reverse("wagtailadmin_pages:move", args=[page.pk]))).main)
        client.post(to)
        assert SitePage.objects.get(pk=page.pk).get_parent().pk == other.pk, user


def test_a_page_is_offered_no_place_where_it_cannot_stand(admin):
    main = parse(admin(PUBLISHING).get(reverse("wagtailadmin_pages:move", args=[event().pk]))).main
    assert "ne peut pas être ailleurs" in words(main)
    assert not main.select(".new-parents")


def test_a_writer_moves_no_published_page(client, staff):
    parent = HomePage.objects.get()
    page, other = (parent.add_child(instance=StandardPage(title=title)) for title in ("Une page", "Une autre page"))
    client.force_login(staff(WRITING))
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, other.pk]))
    assert client.post(reverse("wagtailadmin_pages:set_page_position", args=[page.pk]) + "?position=0").status_code == 403
    assert SitePage.objects.get(pk=page.pk).get_parent().pk == parent.pk
    assert list(parent.get_children())[-2].pk == page.pk


def test_a_publisher_unlocks_what_somebody_else_has_locked(staff):
    page = HomePage.objects.get()
    page.locked, page.locked_by, page.locked_at = True, User.objects.create_superuser("chef"), timezone.now()
    page.save()
    assert page.permissions_for_user(staff(PUBLISHING)).can_unlock()
    assert not page.permissions_for_user(staff(WRITING)).can_unlock()


def test_a_long_page_of_thousands_of_fields_is_saved(admin):
    page = HomePage.objects.get()
    response = admin(PUBLISHING).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {f"field-{n}": "x" for n in range(5000)})
    assert response.status_code == 200  # the form, with what is missing in it
    assert response.context["form"].errors


@pytest.mark.parametrize("make", [event, news, offer])
def test_what_was_worked_on_last_comes_first_in_the_admin(admin, make):
    for title in ("Une", "Deux", "Trois"):
        with time_machine.travel(datetime(2026, 5, {"Une": 2, "Deux": 3, "Trois": 1}[title], tzinfo=UTC)):
            page = make(title, slug=title.lower())
            page.save_revision().publish()
    response = admin(PUBLISHING).get(reverse("wagtailadmin_explore", args=[page.get_parent().pk]))
    titles = [listed.title for listed in response.context["object_list"] if not isinstance(listed.specific, SimplePage)]
    assert titles == ["Deux", "Une", "Trois"]


def test_all_terms_are_on_one_screen(admin):
    response = admin(PUBLISHING).get(reverse("wagtailsnippets_pages_glossaryterm:list"))
    assert len(response.context["object_list"]) == GlossaryTerm.objects.count() > 50


def test_addresses_have_no_accents():
    page = StandardPage(title="Fête de quartier")
    HomePage.objects.get().add_child(instance=page)
    assert page.slug == "fete-de-quartier"


def test_the_form_of_the_organisation_asks_for_all_that_it_holds(admin):
    text = admin(PUBLISHING).get(reverse("wagtailsnippets_pages_organisation:edit", args=[1])).content.decode()
    held = [field.name for field in Organisation._meta.concrete_fields if field.editable and field.name not in {"id", "latest_revision"}]
    assert [name for name in held if f'id="id_{name}"' not in text] == []


def test_the_offers_are_listed_page_by_page_the_latest_first(admin):
    parent = JobsPage.objects.get()
    SimplePage.objects.all().delete()
    for n in range(60):
        offer(slug=f"offre-{n}")
    response = admin("Publication").get(reverse("wagtailadmin_explore", args=[parent.pk]))
    assert len(response.context["object_list"]) == 50
    assert response.context["page_obj"].paginator.count == 60


def test_the_lists_of_the_agenda_and_of_offers_show_the_next_and_the_last_day(admin):
    today = timezone.localdate()
    weekly = {"repeats": "weekly", "first_day": today - timedelta(days=1), "repeats_until": today + timedelta(days=20)}
    pages = [event("Une fête", first_day=date(2100, 5, 8)), event("Un café", slug="cafe", **weekly), offer(last_day=date(2100, 1, 1))]
    client = admin(PUBLISHING)
    agenda, offers = (
        words(parse(client.get(reverse("wagtailadmin_explore", args=[page.get_parent().pk]))).main) for page in (pages[0], pages[-1])
    )
    assert "Une fête (samedi 8 mai 2100)" in agenda
    assert f"Un café ({format_day(today + timedelta(days=6), 'l j F Y')})" in agenda
    assert "Agente ou agent de propreté (jusqu’au 1er janvier 2100)" in offers


def test_a_document_that_no_page_shows_says_so_and_gives_its_address(admin):
    document = SiteDocument.objects.create(title="Un bilan", file=ContentFile(b"%PDF-1.4", name="bilan.pdf"))
    client, edit = admin(PUBLISHING), reverse("wagtaildocs:edit", args=[document.pk])
    page = parse(client.get(edit))
    assert "Aucune page ne montre ce document." in words(page.main)
    assert page.select_one("[data-copy]")["data-copy"] == f"http://testserver{document.url}"
    body = json.dumps([{"type": "download", "value": document.pk}])
    HomePage.objects.get().add_child(instance=StandardPage(title="Les bilans", body=body))
    assert "Aucune page ne montre" not in words(parse(client.get(edit)).main)


def test_a_new_free_page_stands_in_no_footer(client):
    HomePage.objects.get().add_child(instance=StandardPage(title="Infos pratiques"))
    assert "Infos pratiques" not in words(parse(client.get("/")).footer)
    assert "Infos pratiques" in words(parse(client.get("/plan-du-site/")).main)
