"""The first screen of the admin: messages that wait, what to read again, and what is missing on the site."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Min, Model, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.models import ReferenceIndex, Revision, get_page_models

from ..models import (
    ContactPage,
    HomePage,
    JobOfferPage,
    JobsPage,
    KeyFigure,
    LegalPage,
    Message,
    Organisation,
    OutgoingMail,
    Recipient,
    SearchWord,
    ServicePage,
    SimplePage,
    SiteImage,
    SitePage,
    UnknownWord,
    WorkerRun,
)
from ..models.jobs import WARNING_DAYS
from ..models.media import CONSENT_YEARS
from ..models.messages import Subject
from ..text.dates import format_day, format_moment
from .organisation import OPENING_URL, get_field_names

WARNING_MONTHS = 1  # in which a consent ends, before staff are told
HOW_TO_VALIDATE = "Lisez la page en ligne, puis écrivez la date dans « Validée par l’association le »."
OVERDUE = "Le site n’y arrive pas et essaie encore. Ouvrez-la et faites-le vous-même, et prévenez la personne qui s’occupe du serveur."


def find_dead_links() -> list[tuple[SitePage, SitePage]]:
    """Returns pairs of an open page and a page that it links to although that one is unpublished, private or expired."""
    pages = ContentType.objects.get_for_model(SitePage)
    found = ReferenceIndex.objects.filter(base_content_type=pages, to_content_type=pages).values_list("object_id", "to_object_id")
    references = sorted({(int(source), int(target)) for source, target in found})
    sources = SitePage.objects.open().in_bulk([source for source, _ in references])
    closed = SitePage.objects.exclude(pk__in=SitePage.objects.open()).in_bulk([target for _, target in references])
    return [(sources[source], closed[target]) for source, target in references if source in sources and target in closed]


class Remark(NamedTuple):
    """What staff are asked to fill in or to read again, with its effect on visitors; it leads to the form of `thing`, or to `url`."""

    thing: Model
    name: str
    effect: str
    url: str = ""
    keep_url: str = ""  # with which staff say that a simple version is still right


def find_first_needs(user: AbstractBaseUser, organisation: Organisation) -> Iterator[Remark]:
    """Yields what visitors look for first and the law demands, as far as `user` may change it. All of it stands in one form."""
    opening = reverse(OPENING_URL)
    may_open = user.has_perm("pages.change_organisation")
    if may_open:
        for name, effect in Organisation.BEFORE_OPENING.items():
            if not getattr(organisation, name):
                yield Remark(organisation, get_label(name), effect, f"{opening}#id_{name}")
        if not organisation.has_recipient:
            effect = "personne ne sait qu’un visiteur a écrit, sauf en ouvrant cet écran."
            yield Remark(organisation, "Qui reçoit les messages", effect, f"{opening}#id_recipients-ADD")
    if figures := KeyFigure.objects.get_missing():
        effect = f"{', '.join(f'« {figure} »' for figure in figures)}. Les visiteurs ne voient pas un chiffre sans valeur."
        url = f"{opening}#id_{get_field_names(figures[0])[0]}" if may_open else ""
        yield Remark(figures[0], "Chiffres clés", effect, url)


def get_label(name: str) -> str:
    return capfirst(Organisation._meta.get_field(name).verbose_name)


def find_missing(user: AbstractBaseUser, organisation: Organisation) -> Iterator[Remark]:
    """Yields what else is empty and can wait."""
    if user.has_perm("pages.change_organisation"):
        url = reverse("wagtailsnippets_pages_organisation:list")  # it redirects to the form, and makes the row if there is none yet
        for name, effect in organisation.get_missing().items():
            yield Remark(organisation, get_label(name), effect, f"{url}#id_{name}")
    for page in JobsPage.objects.all():
        if not page.application:
            yield Remark(page, f"« Comment poser sa candidature », sur « {page.title} »", "les visiteurs n’en lisent rien.")
    for page in ServicePage.objects.filter(tasks=None):
        yield Remark(page, f"« Ce que nous faisons », sur « {page.title} »", "aucun service n’est nommé.")
    for page in LegalPage.objects.filter(validated_on=None):
        yield Remark(page, page.title, f"à valider. {HOW_TO_VALIDATE}")


def find_skeleton() -> Iterator[Remark]:
    """Yields pages that the others need, and that are not on the site."""
    types = [model for model in get_page_models() if model.max_count is not None]
    for page in SitePage.objects.filter(content_type__in=ContentType.objects.get_for_models(*types).values(), live=False):
        yield Remark(page, page.draft_title, "elle n’est pas sur le site, dont les autres pages ont besoin d’elle. Publiez-la.")
    if not ContactPage.objects.exists():
        yield Remark(
            HomePage.objects.first(), "Page de contact", "il n’y en a pas : personne ne peut vous écrire. Ajoutez-la sous l’accueil."
        )
    kinds = set(LegalPage.objects.values_list("kind", flat=True))
    for kind, name in LegalPage.Kind.choices:
        if kind not in kinds:
            yield Remark(HomePage.objects.first(), name, "la loi demande cette page, et il n’y en a pas. Ajoutez-la sous l’accueil.")


def find_to_review(user: AbstractBaseUser) -> Iterator[Remark]:
    """Yields what was right once and may be so no longer."""
    yield from find_skeleton()
    yield from find_overdue()
    yield from find_consents()
    yield from find_offers_to_confirm(user)
    yield from find_versions(user)
    for page in LegalPage.objects.exclude(validated_on=None):
        if page.is_to_validate:
            yield Remark(page, page.title, f"une information y a changé, elle est à valider de nouveau. {HOW_TO_VALIDATE}")
    for word in SearchWord.objects.exclude(page__in=SitePage.objects.open()):
        yield Remark(word, f"Mot des visiteurs « {word} »", "sa page n’est pas en ligne. Choisissez-en une autre.")
    for page, closed in find_dead_links():
        effect = f"il mène à « {closed.title} », qui n’est pas en ligne. Les visiteurs ne voient pas ce lien."
        yield Remark(page, f"Un lien sur « {page.title} »", effect)


def find_overdue() -> Iterator[Remark]:
    """Yields pages that were to come or to go, and do not: something in them fails, and `run_due` tries again."""
    late = timezone.now() - WorkerRun.LATE
    if not WorkerRun.objects.filter(finished_at__gt=late).exists():
        return  # nothing is done at all, which the panel of the server says
    for revision in Revision.objects.filter(approved_go_live_at__lt=late).order_by("approved_go_live_at"):
        page = revision.content_object
        yield Remark(page, page.title, f"elle devait paraître {format_moment(revision.approved_go_live_at)}. {OVERDUE}")
    for page in SitePage.objects.filter(expire_at__lt=late, live=True):
        yield Remark(page, page.title, f"elle devait quitter le site {format_moment(page.expire_at)}. {OVERDUE}")


def find_versions(user: AbstractBaseUser) -> Iterator[Remark]:
    """Yields simple versions that are older than their page, and those that were taken down."""
    for page in SimplePage.objects.live():
        if page.permissions_for_user(user).can_unpublish() and page.is_outdated:
            effect = "la page complète a changé depuis, ou n’est plus en ligne. La version simple dit-elle encore vrai ?"
            yield Remark(page, page.title, effect, keep_url=reverse("keep_simple_page", args=[page.pk]))
    for page in SimplePage.objects.filter(live=False).exclude(first_published_at=None):
        yield Remark(page, page.title, "elle n’est plus sur le site. Corrigez-la et publiez-la de nouveau, ou supprimez-la.")


def find_offers_to_confirm(user: AbstractBaseUser) -> Iterator[Remark]:
    soon = timezone.localdate() + timedelta(days=max(WARNING_DAYS))
    for offer in JobOfferPage.objects.open().filter(last_day=None, over_from__lte=soon):
        if offer.permissions_for_user(user).can_publish():
            effect = f"elle n’a pas de date limite et quitte le site le {format_day(offer.over_from, 'j F Y')}. Est-elle encore ouverte ?"
            yield Remark(offer, f"Offre « {offer.title} »", effect, reverse("keep_offer", args=[offer.pk]))


def find_consents() -> Iterator[Remark]:
    """Yields the pictures of people whose consent has ended, ends within WARNING_MONTHS, or is old and without an end."""
    today = timezone.localdate()
    soon = today + relativedelta(months=WARNING_MONTHS)
    has_end = Q(consent_until__lte=soon)
    is_old = Q(consent_until=None, consent_on__lte=soon - relativedelta(years=CONSENT_YEARS))
    images = SiteImage.objects.filter(has_end | is_old | Q(consent_on=None), people=SiteImage.People.RECOGNISABLE)
    for image in images.order_by("consent_until", "title"):
        if not image.consent_on:
            effect = "le jour où l’accord a été signé n’est pas écrit."
        elif not image.consent_until:
            effect = f"l’accord date du {format_day(image.consent_on, 'j F Y')}, sans fin. Redemandez-le, puis changez cette date."
        elif image.consent_until < today:
            effect = "l’accord est fini. Le site ne montre plus cette image : demandez un nouvel accord, ou supprimez-la."
        else:
            effect = f"l’accord finit le {format_day(image.consent_until, 'j F Y')}. Le lendemain, l’image quitte le site."
        yield Remark(image, f"Image « {image.title} »", effect)


def with_urls(remarks: Iterable[Remark], user: AbstractBaseUser) -> list[Remark]:
    """Returns the remarks that lead to a screen which `user` may open, each with its `url`."""
    get_edit_url = AdminURLFinder(user).get_edit_url
    found = (remark if remark.url else remark._replace(url=get_edit_url(remark.thing)) for remark in remarks)
    return [remark for remark in found if remark.url]


class ToCompletePanel(Component):
    """What is missing on the site and what that means for visitors, each with a link to the field: the first needs, then the rest, folded."""

    name = "to_complete"
    template_name = "staff/to_complete.html"
    order = 100

    def get_context_data(self, parent_context: dict) -> dict:
        user, organisation = parent_context["request"].user, Organisation.get()
        return {
            "missing_to_open": organisation.get_missing_to_open(),
            "opening_url": reverse(OPENING_URL) if user.has_perm("pages.change_organisation") else "",
            "first": with_urls(find_first_needs(user, organisation), user),
            "later": with_urls(find_missing(user, organisation), user),
        }


class ToReviewPanel(Component):
    """What may no longer be right, and what visitors looked for in vain."""

    name = "to_review"
    template_name = "staff/to_review.html"
    order = 90

    def get_context_data(self, parent_context: dict) -> dict:
        user = parent_context["request"].user
        return {
            "csrf_token": parent_context["csrf_token"],
            "remarks": with_urls(find_to_review(user), user),
            "unknown_words": UnknownWord.get_shown() if user.has_perm("pages.add_searchword") else [],
            "add_word_url": reverse("wagtailsnippets_pages_searchword:add"),
        }


class MessagesPanel(Component):
    """Messages without an answer, and problems that keep notification mails from being sent."""

    name = "messages"
    template_name = "staff/messages.html"
    order = 50

    def get_context_data(self, parent_context: dict) -> dict:
        is_new, is_doing = Q(status=Message.Status.NEW), Q(status=Message.Status.DOING)
        index = reverse("message:index")
        return {
            **Message.objects.aggregate(
                new=Count("pk", filter=is_new), oldest=Min("created_at", filter=is_new), doing=Count("pk", filter=is_doing)
            ),
            "new_url": f"{index}?status={Message.Status.NEW}",
            "doing_url": f"{index}?status={Message.Status.DOING}",
            "list_url": index,
            "subjects_without_recipient": get_subjects_without_recipient(),
            "add_recipient_url": f"{reverse('wagtailsnippets_pages_organisation:edit', args=[1])}#id_recipients-ADD",
            "failing_mails": OutgoingMail.objects.filter(tries__gt=0)[:5],
        }


class ServerPanel(Component):
    """Whether what runs by itself does so: `run_due`, and the copies of the site that leave the machine."""

    name = "server"
    template_name = "staff/server.html"
    order = 110

    def get_context_data(self, parent_context: dict) -> dict:
        now, run = timezone.now(), WorkerRun.objects.first() or WorkerRun()
        return {
            "is_down": not run.finished_at or run.finished_at < now - WorkerRun.LATE,
            "last_run": run.finished_at,
            "is_copied": bool(settings.BACKUP_TO),
            "is_late": not run.copied_at or run.copied_at < now - WorkerRun.LATE_COPY,
            "last_copy": run.copied_at,
        }


def get_subjects_without_recipient() -> list[str]:
    """Returns the subjects of which nobody is told, if somebody is told of others; else it is one of the first needs."""
    subjects = set(Recipient.objects.values_list("subject", flat=True))
    return [] if not subjects or "" in subjects else [label for value, label in Subject.choices if value not in subjects]


def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    panels += [ToReviewPanel(), ToCompletePanel(), ServerPanel()]
    if request.user.has_perm("pages.change_message"):
        panels.append(MessagesPanel())
