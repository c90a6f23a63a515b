"""The first screen of the admin: messages that wait, what to read again, and what is missing on the site."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.checks import INFO, WARNING, CheckMessage
from django.db.models import Count, Max, Min, Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.views.decorators.http import require_POST
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import RecentEditsPanel, UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel
from wagtail.models import ReferenceIndex, Revision, WorkflowState, get_page_models

from .. import checks
from ..models import (
    ContactPage,
    EventIndexPage,
    EventPage,
    HomePage,
    JobOfferPage,
    JobsPage,
    KeyFigure,
    LegalPage,
    Message,
    NewsIndexPage,
    NewsPage,
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
from ..models.messages import Subject
from ..text.dates import format_day, format_moment
from .organisation import FORM

MOST_ROWS = 5  # of pages that nobody has changed for long: the others come once these are answered
MOST_LINES = 3  # of « À revoir » before the folded ones; « Ce qui attend » has four at most
LATER = "plus-tard-"  # begins the name of a cookie: with « Plus tard », a remark stays away from a browser for LATER_DAYS
LATER_DAYS = 30
ENDING = timedelta(days=7)
HOW_TO_VALIDATE = "Lisez la page en ligne, puis écrivez la date dans « Validée par l’association le »."
OVERDUE = "Le site n’y arrive pas et essaie encore. Ouvrez-la et faites-le vous-même, et prévenez la personne qui s’occupe du serveur."


class Desk:
    """What the panels of the first screen ask the database, each thing once for all of them."""

    def __init__(self, request: HttpRequest) -> None:
        self.user, self.organisation = request.user, Organisation.get_for(request)
        self.now = timezone.now()

    @cached_property
    def may_publish(self) -> bool:
        return any(home.permissions_for_user(self.user).can_publish() for home in self.skeleton[HomePage])

    @cached_property
    def may_write(self) -> bool:
        return any(home.permissions_for_user(self.user).can_edit() for home in self.skeleton[HomePage])

    @cached_property
    def skeleton(self) -> dict[type[SitePage], list[SitePage]]:
        """The pages of the types that exist once, or a given number of times."""
        types = ContentType.objects.get_for_models(*(model for model in get_page_models() if model.max_count is not None))
        pages = list(SitePage.objects.with_is_open().filter(content_type__in=types.values()))
        return {model: [page for page in pages if page.content_type_id == each.pk] for model, each in types.items()}

    @cached_property
    def legal_pages(self) -> list[LegalPage]:
        return list(LegalPage.objects.all())

    @cached_property
    def figures(self) -> list[KeyFigure]:
        """Those that staff type, each with the year of its `newest` value, None without one."""
        return list(KeyFigure.objects.filter(since_year=None).annotate(newest=Max("values__year")))

    @cached_property
    def planned(self) -> list[Revision]:
        """Revisions of pages with a day and an hour on which they come out, the next first."""
        pages = Revision.objects.filter(base_content_type=ContentType.objects.get_for_model(SitePage))
        return list(pages.exclude(approved_go_live_at=None).order_by("approved_go_live_at"))

    @cached_property
    def tasks(self) -> dict[str, CheckMessage]:
        """What the checks of the tasks say that run by themselves."""
        return {found.id: found for found in checks.run(checks.TASKS, level=INFO)}

    def is_late(self, task: str) -> bool:
        return task in self.tasks and self.tasks[task].level >= WARNING


def find_dead_links() -> list[tuple[SitePage, SitePage]]:
    """Returns pairs of an open page and a page that it links to although that one is unpublished, private or expired."""
    closed = {page.pk: page for page in SitePage.objects.exclude(pk__in=SitePage.objects.open())}
    pages = ContentType.objects.get_for_model(SitePage)
    found = ReferenceIndex.objects.filter(base_content_type=pages, to_content_type=pages, to_object_id__in=[str(pk) for pk in closed])
    references = sorted({(int(source), int(target)) for source, target in found.values_list("object_id", "to_object_id")})
    sources = SitePage.objects.open().in_bulk([source for source, _ in references])
    return [(sources[source], closed[target]) for source, target in references if source in sources]


class Remark(NamedTuple):
    """What staff are asked to fill in or to read again, with its effect on visitors; it leads to the form of `thing`, or to `url`."""

    thing: Model
    name: str
    effect: str
    url: str = ""
    may_be_kept: bool = False  # whether staff may say that a page is still right
    read: tuple[tuple[str, str], ...] = ()  # what to read before they say so: labels and addresses
    may_go: bool = False  # whether they may take the page down

    @property
    def key(self) -> str:
        return f"{self.thing._meta.model_name}-{self.thing.pk}-{crc32(f'{self.name}{self.effect}'.encode())}"


def find_first_needs(desk: Desk) -> Iterator[Remark]:
    """Yields what visitors look for first and the law demands, as far as the user may change it."""
    form, organisation = reverse(FORM), desk.organisation
    if desk.user.has_perm("pages.change_organisation"):
        for name, effect in Organisation.BEFORE_OPENING.items():
            if not getattr(organisation, name):
                yield Remark(organisation, get_label(name), effect, f"{form}#id_{name}")
        if not organisation.has_recipient:
            effect = "personne ne sait qu’un visiteur a écrit, sauf en ouvrant cet écran."
            yield Remark(organisation, "Qui reçoit les messages", effect, f"{form}#id_recipients-ADD")
        elif subjects := get_subjects_without_recipient():
            effect = f"personne n’est prévenu par e-mail pour ces sujets : {', '.join(subjects)}."
            yield Remark(organisation, "Qui reçoit les messages", effect, f"{form}#id_recipients-ADD")
    for figure in desk.figures:
        if not figure.newest:
            yield Remark(figure, f"Chiffre clé « {figure} »", "les visiteurs ne voient pas un chiffre sans valeur.")


def get_label(name: str) -> str:
    return capfirst(Organisation._meta.get_field(name).verbose_name)


def find_missing(desk: Desk) -> Iterator[Remark]:
    """Yields what else is empty and can wait."""
    if desk.user.has_perm("pages.change_organisation"):
        for name, effect in desk.organisation.get_missing().items():
            yield Remark(desk.organisation, get_label(name), effect, f"{reverse(FORM)}#id_{name}")
    for page in JobsPage.objects.all():
        if not page.application:
            yield Remark(page, f"« Comment poser sa candidature », sur « {page.title} »", "les visiteurs n’en lisent rien.")
    for page in ServicePage.objects.filter(tasks=None):
        yield Remark(page, f"« Ce que nous faisons », sur « {page.title} »", "aucun service n’est nommé.")
    for page in desk.legal_pages:
        if not page.validated_on:
            yield Remark(page, page.title, f"à valider. {HOW_TO_VALIDATE}")


def find_skeleton(desk: Desk) -> Iterator[Remark]:
    """Yields pages that the others need, and that are not on the site."""
    for page in chain.from_iterable(desk.skeleton.values()):
        if not page.is_open:
            effect = "Ouvrez-la à tous." if page.live else "Publiez-la."
            yield Remark(page, page.draft_title, f"les visiteurs ne la voient pas, et les autres pages ont besoin d’elle. {effect}")
    for home in desk.skeleton[HomePage]:
        if not desk.skeleton[ContactPage]:
            yield Remark(home, "Page de contact", "il n’y en a pas : personne ne peut vous écrire. Ajoutez-la sous l’accueil.")
        for kind, name in LegalPage.Kind.choices:
            if kind not in {page.kind for page in desk.legal_pages}:
                yield Remark(home, name, "la loi demande cette page, et il n’y en a pas. Ajoutez-la sous l’accueil.")


def find_to_review(desk: Desk) -> Iterator[Remark]:
    """Yields what was right once and may be so no longer: first what loses visitors or tells them something false, then what they do not see."""
    yield from find_skeleton(desk)
    yield from find_overdue(desk)
    yield from find_versions(desk)
    yield from find_offers(desk)
    yield from find_old_figures(desk)
    yield from find_consents()
    for page in desk.legal_pages:
        if page.validated_on and page.is_to_validate:
            yield Remark(
                page, page.title, f"une mise à jour du site en a changé le texte : elle est à valider de nouveau. {HOW_TO_VALIDATE}"
            )
    for word in SearchWord.objects.exclude(page=None).exclude(page__in=SitePage.objects.open()):
        yield Remark(word, f"Mot des visiteurs « {word} »", "sa page n’est pas en ligne. Choisissez-en une autre.")
    for page, closed in find_dead_links():
        effect = f"il mène à « {closed.title} », qui n’est pas en ligne. Les visiteurs ne voient pas ce lien."
        yield Remark(page, f"Un lien sur « {page.title} »", effect)
    yield from find_old_pages(desk)


def find_overdue(desk: Desk) -> Iterator[Remark]:
    """Yields pages that were to come or to go, and do not: something in them fails, and `run_due` tries again."""
    if desk.is_late(checks.NO_TASKS):
        return  # nothing is done at all, which the panel of the server says
    late = desk.now - WorkerRun.LATE
    for revision in desk.planned:
        if revision.approved_go_live_at < late and (page := revision.content_object):
            yield Remark(page, page.title, f"elle devait paraître {format_moment(revision.approved_go_live_at)}. {OVERDUE}")
    for page in SitePage.objects.filter(expire_at__lt=late, live=True):
        yield Remark(page, page.title, f"elle devait quitter le site {format_moment(page.expire_at)}. {OVERDUE}")


def find_versions(desk: Desk) -> Iterator[Remark]:
    """Yields simple versions that are older than their page, and those that were taken down."""
    pages = SimplePage.objects.exclude(first_published_at=None)
    for page, above in SimplePage.get_outdated([page for page in pages if page.live]) if desk.may_publish else []:
        effect = "la page complète a changé depuis, ou n’est plus en ligne. La version simple dit-elle encore vrai ?"
        read = ("Lire la page complète", above.url), ("Lire la version simple", page.url)
        yield Remark(page, page.title, effect, "", True, read, may_go=True)
    for page in [page for page in pages if not page.live]:
        yield Remark(page, page.title, "elle n’est plus sur le site. Corrigez-la et publiez-la de nouveau, ou supprimez-la.")


def find_old_pages(desk: Desk) -> Iterator[Remark]:
    """Yields the oldest of the pages that nobody has changed for a long time."""
    for page in SitePage.objects.to_review()[:MOST_ROWS]:
        effect = f"personne ne l’a changée depuis le {format_day(timezone.localtime(page.seen_at), 'j F Y')}. Dit-elle encore vrai ?"
        yield Remark(page, page.title, effect, may_be_kept=desk.may_publish, read=(("La lire", page.url),))


def find_old_figures(desk: Desk) -> Iterator[Remark]:
    last_year = timezone.localdate().year - 1
    for figure in desk.figures:
        if figure.newest and figure.newest < last_year:
            effect = f"le nombre de {last_year} n’est pas écrit : les visiteurs lisent celui de {figure.newest}."
            yield Remark(figure, f"Chiffre clé « {figure} »", effect)


def find_offers(desk: Desk) -> Iterator[Remark]:
    """Yields the offers that leave the site soon."""
    today = timezone.localdate()
    ends, is_to_confirm = Q(last_day__lte=today + ENDING), Q(last_day=None, over_from__lte=today + timedelta(days=max(WARNING_DAYS)))
    for offer in JobOfferPage.objects.open().filter(ends | is_to_confirm):
        if offer.last_day:
            effect = f"son dernier jour est le {format_day(offer.last_day, 'j F Y')}. Le lendemain, elle quitte le site."
            yield Remark(offer, f"Offre « {offer.title} »", effect)
        elif desk.may_publish:
            effect = f"elle n’a pas de date limite et quitte le site le {format_day(offer.over_from, 'j F Y')}. Est-elle encore ouverte ?"
            yield Remark(offer, f"Offre « {offer.title} »", effect, reverse("keep_page", args=[offer.pk]))


def find_consents() -> Iterator[Remark]:
    """Yields the pictures of people whose consent is missing, has ended or ends within WARNING_MONTHS, or is old and without an end."""
    today = timezone.localdate()
    images = SiteImage.objects.filter(SiteImage.get_missing_consent() | SiteImage.get_ending_consent())
    for image in images.order_by("consent_until", "title"):
        if not image.people:
            effect = "personne n’a dit si l’on y reconnaît quelqu’un. Le site ne montre pas cette image."
        elif not image.consent_by or not image.consent_on:
            missing = "le jour où l’accord a été signé" if image.consent_by else "le nom de qui a donné son accord"
            effect = f"{missing} n’est pas écrit. Le site ne montre pas cette image."
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


class DeskPanel(Component):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk


class ToCompletePanel(DeskPanel):
    """What is missing on the site and what that means for visitors, each with a link to the field: the first needs, then the rest, folded."""

    template_name = "staff/to_complete.html"
    order = 100

    def get_context_data(self, parent_context: dict) -> dict:
        user = self.desk.user
        return {
            "missing_to_open": self.desk.organisation.get_missing_to_open(),
            "opening_url": reverse(FORM) if user.has_perm("pages.change_organisation") else "",
            "first": with_urls(find_first_needs(self.desk), user),
            "later": with_urls(find_missing(self.desk), user),
        }


@require_POST
def postpone(request: HttpRequest, key: str) -> HttpResponse:
    """Hides a remark of « À revoir » in this browser for LATER_DAYS."""
    response = redirect("wagtailadmin_home")
    path = reverse("wagtailadmin_home")
    response.set_cookie(f"{LATER}{key}", "1", LATER_DAYS * 86400, path=path, secure=settings.SESSION_COOKIE_SECURE, httponly=True)
    return response


class ToReviewPanel(DeskPanel):
    """What may no longer be right, and what visitors looked for in vain."""

    template_name = "staff/to_review.html"
    order = 90

    def get_context_data(self, parent_context: dict) -> dict:
        user, cookies = self.desk.user, parent_context["request"].COOKIES
        found = with_urls(find_to_review(self.desk), user)
        remarks = [remark for remark in found if f"{LATER}{remark.key}" not in cookies]
        unknown_words = UnknownWord.get_shown() if user.has_perm("pages.add_searchword") else []
        return {
            "csrf_token": parent_context["csrf_token"],
            "postponed": len(found) - len(remarks),
            "parts": (remarks[:MOST_LINES], remarks[MOST_LINES:]),
            "folded": len(remarks[MOST_LINES:]) + len(unknown_words),
            "unknown_words": unknown_words,
            "add_word_url": reverse("wagtailsnippets_pages_searchword:add"),
        }


class ActsPanel(DeskPanel):
    """What staff do most, each with one button."""

    template_name = "staff/acts.html"
    order = 10

    def get_context_data(self, parent_context: dict) -> dict:
        user, acts = self.desk.user, []
        for label, icon, list_model, model in (
            ("Annoncer un événement", "date", EventIndexPage, EventPage),
            ("Publier une actualité", "doc-full-inverse", NewsIndexPage, NewsPage),
            ("Publier une offre", "group", JobsPage, JobOfferPage),
        ):
            if not self.desk.may_publish:
                label = f"Proposer {label.partition(' ')[2]}"
            parents = [page for page in self.desk.skeleton[list_model] if page.permissions_for_user(user).can_add_subpage()]
            acts += [(label, icon, reverse("wagtailadmin_pages:add", args=["pages", model._meta.model_name, page.pk])) for page in parents]
        if user.has_perm("pages.change_keyfigure"):
            acts.append(("Mettre à jour les chiffres", "view", reverse("wagtailsnippets_pages_keyfigure:list")))
        return {"acts": [*acts, ("Voir le site", "site", "/")]}


class WaitingPanel(DeskPanel):
    """Messages without an answer, mails that could not be sent, pages with a date on which they come out, and whether the server needs a person."""

    template_name = "staff/waiting.html"
    order = 50

    def get_context_data(self, parent_context: dict) -> dict:
        planned = self.desk.planned if self.desk.may_write else []
        context = {
            "scheduled": [revision for revision in planned if revision.approved_go_live_at > self.desk.now],
            "reads_messages": self.desk.user.has_perm("pages.change_message"),
            "run": self.desk.tasks[checks.NO_TASKS].obj,
            "is_down": self.desk.is_late(checks.NO_TASKS),
            "lacks_copy": not settings.BACKUP_TO or self.desk.is_late(checks.LATE_COPY),
        }
        return context | get_waiting_messages() if context["reads_messages"] else context


def get_waiting_messages() -> dict:
    is_new, is_doing = Q(status=Message.Status.NEW), Q(status=Message.Status.DOING)
    index, week_ago = reverse("message:index"), timezone.now() - timedelta(days=7)
    return {
        **Message.objects.aggregate(
            new=Count("pk", filter=is_new),
            oldest=Min("created_at", filter=is_new),
            doing=Count("pk", filter=is_doing),
            late=Count("pk", filter=(is_new | is_doing) & Q(created_at__lt=week_ago)),
        ),
        "new_url": f"{index}?status={Message.Status.NEW}",
        "doing_url": f"{index}?status={Message.Status.DOING}",
        "list_url": index,
        "failing_mails": OutgoingMail.objects.filter(tries__gt=0).values("recipient", "error"),
    }


def get_subjects_without_recipient() -> list[str]:
    """Returns the subjects of which nobody is told, if somebody is told of others."""
    subjects = set(Recipient.objects.values_list("subject", flat=True))
    return [] if "" in subjects else [label for value, label in Subject.choices if value not in subjects]


def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Adds our panels. Of Wagtail's, staff see what they changed last, and what waits for somebody who publishes."""
    desk = Desk(request)
    is_any_submitted = WorkflowState.objects.active().exists()  # the panel asks three queries more
    submitted = WorkflowObjectsToModeratePanel if desk.may_publish else UserObjectsInWorkflowModerationPanel
    panels[:] = [panel for panel in panels if isinstance(panel, RecentEditsPanel) or (is_any_submitted and isinstance(panel, submitted))]
    for panel in panels:
        if isinstance(panel, submitted):
            panel.order = WaitingPanel.order + 1
    panels += [panel(desk) for panel in (ActsPanel, WaitingPanel, ToReviewPanel, ToCompletePanel)]
