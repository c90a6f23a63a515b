"""Nothing private gets out: each page type, document and picture, in each state that visitors must not see, at each outlet.

All are made once, each with words of its own in every text; what the whole site answers is read once. A cell is one thing at one outlet.
"""

from datetime import timedelta
from typing import NamedTuple
from unittest.mock import patch

import pytest
from assertions import parse
from cached_site import CachedSite
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection, models, transaction
from django.test import Client, override_settings
from django.urls import get_resolver
from django.utils import timezone
from examples import EXAMPLE_FIELDS, picture
from modelcluster.models import get_all_child_relations
from snapshot import ask, follow
from wagtail.contrib.redirects.models import Redirect
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Collection, CollectionViewRestriction, DraftStateMixin, get_page_models

from pages.models import EventPage, HomePage, JobOfferPage, Message, NewsPage, SiteDocument, SiteImage, SitePage, StandardPage
from pages.search import index

STATES = ("private", "below a private page", "draft", "expired", "scheduled", "unpublished")
OPEN = "open"
PAGE_TYPES = [model for model in get_page_models() if model is not SitePage]
FILES = {SiteDocument: ("private",), SiteImage: ("private", "ended consent")}
FOR_STAFF = {Message: ("private",)}
# Of these there is one of each kind: fewer than the states, so that some are left to the other page types.
ONE_OF_EACH_KIND = {model: model._meta.get_field("kind").choices for model in PAGE_TYPES if hasattr(model, "Kind")}
STATES_OF = {model: STATES[: len(ONE_OF_EACH_KIND.get(model, STATES * 2)) - 1] for model in PAGE_TYPES}
KINDS = [(model, state) for model in PAGE_TYPES for state in STATES_OF[model]] + [
    (model, state) for others in (FILES, FOR_STAFF) for model in others for state in others[model]
]
# Those that feeds and calendars show are asked for by `make test`; all by `make test-all`.
LISTED = {EventPage, NewsPage, *FILES, *FOR_STAFF}
# The outlets: what anybody may ask for, and what staff without rights may see. Each address of `regie/urls.py` belongs to one.
OUTLETS = {
    "pages": {"wagtail_serve"},  # all pages that links lead to, with menus, lists, doors, related links, JSON-LD, and a 404
    "itself": set(),  # the page's own address, its poster, its parameters; the file's address
    "search": {"search"},
    "site map": {"site_map", "sitemap"},
    "feeds": {"news_feed", "calendar", "event_calendar"},
    "figures": {"figures_csv", "figures_json"},
    "glossary": {"glossary"},
    "draft": {"draft"},  # the link to the draft of an open page, for a reader without an account
    "for programs": {"robots", "security_txt", "manifest", "favicon", "contact_card"},
    "media": {"media", "wagtaildocs_serve"},
    "redirect": set(),  # an old address that leads to the page
    "page cache": set(),  # as it sends the address; `test_cache_and_changes.py` takes pages away that it has copies of
    "links": set(),  # links, buttons and downloads in the text of an open page
    "admin": {
        "wagtailcore_login",
        "wagtailadmin_login",
        "wagtailadmin_logout",
        "login_code",
        "wagtailadmin_account",
        "wagtailadmin_password_reset",
        "wagtailadmin_password_reset_confirm",
        "second_factor",
        "unused_api",
        "admin/",
    },
    "choosers": set(),  # of a member of the staff who has no right on any page or file
}


def mark_kinds(kinds):
    return [pytest.param(*kind, marks=[] if kind[0] in LISTED else pytest.mark.exhaustive) for kind in kinds]


class Thing(NamedTuple):
    model: type
    state: str
    number: int
    instance: models.Model

    @property
    def title(self):
        return f"zzt{self.number}zz"

    @property
    def text(self):
        return f"zzx{self.number}zz"

    @property
    def slug(self):
        return f"zza{self.number}zz"

    @property
    def traces(self):
        return self.title, self.text, self.slug


def fill_texts(instance, thing):
    """Puts the thing's words into every field that can hold them."""
    for field in instance._meta.get_fields():
        if isinstance(field, StreamField) and "paragraph" in field.stream_block.child_blocks:
            setattr(instance, field.name, [("paragraph", f"<p>{thing.text}</p>")])
        elif isinstance(field, RichTextField):
            setattr(instance, field.name, f"<p>{thing.text}</p>")
        elif getattr(field, "choices", None) and not field.blank and not getattr(instance, field.name):
            setattr(instance, field.name, field.choices[0][0])
        elif isinstance(field, models.CharField | models.TextField) and field.editable and not field.choices and not field.primary_key:
            is_text = (field.max_length or 1000) >= 40 and not field.validators[:-1] and type(field) in {models.CharField, models.TextField}
            if is_text and field.name not in {"url_path", "draft_title", "translation_key"}:
                setattr(instance, field.name, thing.text)


def make_page(model, state, number, parents, kind):
    thing = Thing(model, state, number, None)
    fields = {name: value for name, value in EXAMPLE_FIELDS.get(model, {}).items() if name != "title"}
    page = model(**fields)
    fill_texts(page, thing)
    if kind:
        page.kind = kind
    page.title, page.slug, page.show_in_menus = thing.title, thing.slug, True
    page.live = state not in {"draft", "scheduled"}
    if state == "expired":
        page.expire_at = timezone.now() - timedelta(minutes=1)
    for relation in get_all_child_relations(model):
        item_model = relation.related_model
        required = [f for f in item_model._meta.fields if f.is_relation and not f.null and f.name != relation.field.name]
        if item_model._meta.app_label == "pages" and not required:
            item = item_model()
            fill_texts(item, thing)
            getattr(page, relation.get_accessor_name()).add(item)
    parents[state].add_child(instance=page)
    if state == "private":
        page.view_restrictions.create(restriction_type="login")
    if state == "scheduled":
        page.save_revision(approved_go_live_at=timezone.now() + timedelta(days=1))
    if state == "unpublished":
        page.save_revision().publish()
        page.unpublish()
    return Thing(model, state, number, page)


def make_file(model, state, number, private):
    thing = Thing(model, state, number, None)
    collection = private if state == "private" else Collection.get_first_root_node()
    if model is SiteDocument:
        file = ContentFile(b"text", name=f"{thing.slug}.txt")
        return thing._replace(instance=SiteDocument.objects.create(title=thing.title, file=file, collection=collection))
    image = picture(thing.title, collection=collection, description=thing.text, credit=thing.text)
    if state == "ended consent":
        image.people, image.consent_until = "recognisable", timezone.localdate() - timedelta(days=1)
        image.save()
    return thing._replace(instance=SiteImage.objects.get(pk=image.pk))


def make_everything(page_types):
    """All things of these page types, all files, and those that are open.

    There is a redirect to each page, and an open page whose text leads to each thing.
    """
    home = HomePage.objects.get()
    closed = home.add_child(instance=StandardPage(title="Fermée", slug="fermee"))
    closed.view_restrictions.create(restriction_type="login")
    private = Collection.get_first_root_node().add_child(name="Privé")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    things = []
    for model in set(ONE_OF_EACH_KIND) & set(page_types):
        for page in model.objects.all():
            page.delete()
    for model in page_types:
        parent = next((p.objects.first() for p in model.allowed_parent_page_models() if p is not SitePage and p.objects.exists()), home)
        parents = dict.fromkeys([*STATES, OPEN], parent) | {"below a private page": closed}
        for state, kind in zip((*STATES_OF[model], OPEN), ONE_OF_EACH_KIND.get(model, [("", "")] * 9), strict=False):
            things.append(make_page(model, state, len(things), parents, kind[0]))
    for model, states in FILES.items():
        for state in (*states, OPEN):
            things.append(make_file(model, state, len(things), private))
    message = Thing(Message, "private", len(things), None)
    texts = dict.fromkeys(("text", "name", "organisation", "place", "note"), message.text)
    things.append(message._replace(instance=Message.objects.create(subject="autre", **texts)))
    pictures = [thing for thing in things if thing.model is SiteImage]
    documents = [thing for thing in things if thing.model is SiteDocument]
    pages = [thing for thing in things if issubclass(thing.model, SitePage)]
    text = "".join(f'<p><a linktype="page" id="{thing.instance.pk}">un lien</a></p>' for thing in pages)
    text += "".join(f'<p><a linktype="document" id="{thing.instance.pk}">un fichier</a></p>' for thing in documents)
    body = [
        ("paragraph", text),
        *[("call", {"label": "Aller", "page": SitePage.objects.get(pk=thing.instance.pk), "url": ""}) for thing in pages],
        *[("download", thing.instance) for thing in documents],
        *[("picture", {"image": thing.instance, "decorative": False, "alt_text": thing.text}) for thing in pictures],
    ]
    home.add_child(instance=StandardPage(title="Des liens", slug="des-liens", body=body, picture=pictures[0].instance))
    for thing in pages:
        Redirect.objects.create(old_path=f"/ancienne-{thing.number}", redirect_page=SitePage.objects.get(pk=thing.instance.pk))
    return things


def as_text(answers):
    """Headers and contents, without the addresses themselves, which say what was asked."""
    return "\n".join(f"{answer.headers} {answer.content.decode(errors='replace')}" for answer in answers)


def read(addresses):
    return as_text(map(ask, addresses))


def get_own_addresses(thing):
    if not issubclass(thing.model, SitePage):
        return [thing.instance.url] if thing.model is SiteDocument else []
    url = thing.instance.get_url()
    more = {EventPage: [f"{url}?affiche=simple", f"/agenda/{thing.slug}.ics"], JobOfferPage: [f"{url}?affiche=languettes"]}
    return [url, *more.get(thing.model, [])]


def get_admin_addresses(thing):
    """Where the admin shows it: forms, previews, histories."""
    pk = thing.instance.pk
    if not issubclass(thing.model, SitePage):
        return [f"/admin/images/{pk}/", f"/admin/documents/edit/{pk}/", f"/admin/messages/edit/{pk}/", "/admin/messages/"]
    return [f"/admin/pages/{pk}/{act}/" for act in ("edit", "view_draft", "edit/preview", "history")]


def get_media_addresses(thing):
    if thing.model not in FILES:
        return []
    sizes = [thing.instance.get_rendition("width-320|format-webp").url] if thing.model is SiteImage else []
    return [*sizes, f"/media/{thing.instance.file.name}", *get_own_addresses(thing)]


def read_outlets(things):
    """What each outlet answers: one text for all things, or by the number of a thing."""
    site = type("Site", (), {"answers": {}, "links": []})
    follow(site, ["/", "/nulle-part/"])
    found = {
        "pages": as_text(site.answers.values()),
        "site map": read(["/plan-du-site/", "/sitemap.xml"]),
        "feeds": read(["/actualites.atom", "/agenda.ics"]),
        "figures": read(["/chiffres-cles.csv", "/chiffres-cles.json"]),
        "glossary": read(["/glossaire/"]),
        "for programs": read(["/robots.txt", "/.well-known/security.txt", "/manifest.webmanifest", "/favicon.ico", "/contact.vcf"]),
        "links": read(["/des-liens/"]),
    }
    editor, page = Client(), StandardPage.objects.get(slug="des-liens")
    editor.force_login(User.objects.create_superuser("chef"))
    form = parse(editor.post(f"/admin/pages/{page.pk}/faire-lire/", {"reader": "Une personne"}))
    found["draft"] = read(["/brouillon/", form.select_one("[data-copy]")["data-copy"].removeprefix(settings.SITE_URL)])
    member, home, cached = Client(), HomePage.objects.order_by("depth").first().pk, CachedSite()
    user = User.objects.create_user("sans-droits")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    member.force_login(user)
    choosers = ["/admin/", "/admin/pages/", f"/admin/pages/{home}/", f"/admin/choose-page/{home}/", "/admin/choose-page/search/?q=zz"]
    choosers += ["/admin/images/chooser/", "/admin/documents/chooser/", "/admin/reports/site-history/", "/admin/messages/"]
    choosers += [f"/admin/api/main/{name}/" for name in ("pages", "images", "documents")]
    found["choosers"] = as_text(member.get(address) for address in choosers)
    found |= {name: {} for name in OUTLETS if name not in found}
    for thing in things:
        own = get_own_addresses(thing)
        found["itself"][thing.number] = [ask(address) for address in own]
        found["search"][thing.number] = read([f"/recherche/?q={thing.text}"])
        found["admin"][thing.number] = read(get_admin_addresses(thing))
        found["redirect"][thing.number] = read([f"/ancienne-{thing.number}/"] if issubclass(thing.model, SitePage) else [])
        found["media"][thing.number] = [ask(address) for address in get_media_addresses(thing)]
        found["page cache"][thing.number] = as_text(cached.get(address) for address in own)
    return found


@pytest.fixture(scope="session")
def matrix(django_db_setup, django_db_blocker, tmp_path_factory, request):
    """The things by model and state, and what the outlets answer."""
    are_all_asked = "not exhaustive" not in request.config.getoption("markexpr")
    page_types = [model for model in PAGE_TYPES if are_all_asked or model in LISTED]
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")), transaction.atomic():
        things = make_everything(page_types)
        cache.clear()
        index.refresh_all()
        with patch.object(connection, "close_if_unusable_or_obsolete"):  # between requests, in the middle of this transaction
            found = read_outlets(things)
        transaction.set_rollback(True)
    cache.clear()
    return {(thing.model, thing.state): thing for thing in things}, found


def get_leaks(thing, outlet, found):
    """The traces of a thing that an outlet shows."""
    answer = found[outlet]
    if outlet == "search":  # the page of results repeats the question, which was the text
        return [trace for trace in (thing.title, thing.slug) if trace in answer[thing.number]]
    if outlet == "page cache":  # a redirection to the login says the address that was asked for
        return [trace for trace in (thing.title, thing.text) if trace in answer[thing.number]]
    if outlet in {"itself", "media"}:
        texts = [f"{response.content.decode(errors='replace')}" for response in answer[thing.number]]
        served = [response.status for response in answer[thing.number] if response.status == 200]
        return [t for t in (thing.title, thing.text) for text in texts if t in text] + served
    text = answer[thing.number] if isinstance(answer, dict) else answer
    return [trace for trace in thing.traces if trace in text]


@pytest.mark.parametrize("outlet", OUTLETS)
@pytest.mark.parametrize(("model", "state"), mark_kinds(KINDS), ids=lambda value: getattr(value, "__name__", value))
def test_what_visitors_must_not_see_is_nowhere(matrix, model, state, outlet):
    things, found = matrix
    assert get_leaks(things[model, state], outlet, found) == []


@pytest.mark.parametrize("outlet", sorted(set(OUTLETS) - {"figures", "for programs", "glossary", "admin", "choosers"}))
def test_what_is_open_is_found_by_the_same_search(matrix, outlet):
    """Else the cells of this outlet could not fail."""
    things, found = matrix
    assert any(get_leaks(thing, outlet, found) for thing in things.values() if thing.state == OPEN)


@pytest.mark.parametrize("model", mark_kinds([(model,) for model in [*PAGE_TYPES, *FILES]]), ids=lambda model: model.__name__)
def test_what_is_open_is_found_somewhere(matrix, model):
    things, found = matrix
    assert get_leaks(things[model, OPEN], "itself", found) or get_leaks(things[model, OPEN], "media", found)


def test_every_address_belongs_to_an_outlet():
    names = {pattern.name if hasattr(pattern, "name") else str(pattern.pattern) for pattern in get_resolver().url_patterns}
    names = {name or "media" for name in names}
    assert names == set().union(*OUTLETS.values())


def test_every_model_with_a_state_has_rows():
    """A model with pages or files of its own kind, or with a draft, must have rows here."""
    stated = {m for m in apps.get_models() if issubclass(m, DraftStateMixin) or any(f.name == "collection" for f in m._meta.fields)}
    replaced = {"wagtailimages.Image", "wagtaildocs.Document", "wagtailcore.Page"}
    stated = {m for m in stated if m._meta.label not in replaced | {"pages.SitePage"} and not m._meta.label.startswith("wagtailcore.")}
    assert stated == {*PAGE_TYPES, *FILES}
