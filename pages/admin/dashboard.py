"""The first screen of the admin: messages that wait, and what is missing on the site."""

from collections.abc import Iterator
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Min, Model, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.models import ReferenceIndex

from ..models import (
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
    SiteImage,
    SitePage,
    UnknownWord,
    WorkerRun,
)
from ..models.jobs import WARNING_DAYS
from ..models.media import CONSENT_YEARS
from ..models.messages import Subject
from ..text.dates import format_day

WARNING_MONTHS = 1  # in which a consent ends, before staff are told
LONGEST_PAUSE = timedelta(minutes=15)  # between two passes of `run_due`, before staff are warned


def find_dead_links() -> list[tuple[SitePage, SitePage]]:
    """Returns pairs of an open page and a page that it links to although that one is unpublished, private or expired."""
    pages = ContentType.objects.get_for_model(SitePage)
    found = ReferenceIndex.objects.filter(base_content_type=pages, to_content_type=pages).values_list("object_id", "to_object_id")
    references = sorted({(int(source), int(target)) for source, target in found})
    sources = SitePage.objects.open().in_bulk([source for source, _ in references])
    closed = SitePage.objects.exclude(pk__in=SitePage.objects.open()).in_bulk([target for _, target in references])
    return [(sources[source], closed[target]) for source, target in references if source in sources and target in closed]


Missing = tuple[Model, str, str, str]  # object, anchor in its form or another address, name, effect on visitors


def find_missing(user: AbstractBaseUser) -> Iterator[Missing]:
    """Yields what is missing on the site, as far as `user` may know."""
    yield from find_missing_figures()
    if user.has_perm("pages.change_organisation"):
        yield from find_missing_facts()
    yield from find_missing_texts()
    yield from find_consents()
    yield from find_offers_to_confirm(user)
    for word in SearchWord.objects.exclude(page__in=SitePage.objects.open()):
        yield word, "", f"Mot des visiteurs « {word} »", "sa page n’est pas en ligne. Choisissez-en une autre."
    for page, closed in find_dead_links():
        effect = f"il mène à « {closed.title} », qui n’est pas en ligne. Les visiteurs ne voient pas ce lien."
        yield page, "", f"Un lien sur « {page.title} »", effect


def find_missing_figures() -> Iterator[Missing]:
    for figure in KeyFigure.objects.prefetch_related("values"):
        if not figure.number and not figure.since_year:
            effect = "ajoutez une valeur, avec son année. Les visiteurs ne voient pas ce chiffre."
            yield figure, "", f"Chiffre clé « {figure} »", effect


def find_missing_facts() -> Iterator[Missing]:
    organisation = Organisation.get()
    for name, effect in organisation.get_missing().items():
        yield organisation, f"#id_{name}", capfirst(Organisation._meta.get_field(name).verbose_name), effect


def find_missing_texts() -> Iterator[Missing]:
    for page in JobsPage.objects.all():
        if not page.application:
            yield page, "", f"« Comment poser sa candidature », sur « {page.title} »", "les visiteurs n’en lisent rien."
    for page in ServicePage.objects.filter(tasks=None):
        yield page, "", f"« Ce que nous faisons », sur « {page.title} »", "aucun service n’est nommé."
    for page in LegalPage.objects.all():
        if page.is_to_validate:
            again = "une information y a changé, elle est à valider de nouveau" if page.validated_on else "à valider"
            yield page, "", page.title, f"{again}. Lisez la page en ligne, puis écrivez la date dans « Validée par l’association le »."


def find_offers_to_confirm(user: AbstractBaseUser) -> Iterator[Missing]:
    soon = timezone.localdate() + timedelta(days=max(WARNING_DAYS))
    for offer in JobOfferPage.objects.open().filter(last_day=None, over_from__lte=soon):
        if offer.permissions_for_user(user).can_publish():
            effect = f"elle n’a pas de date limite et quitte le site le {format_day(offer.over_from, 'j F Y')}. Est-elle encore ouverte ?"
            yield offer, reverse("keep_offer", args=[offer.pk]), f"Offre « {offer.title} »", effect


def find_consents() -> Iterator[Missing]:
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
        yield image, "", f"Image « {image.title} »", effect


class ToCompletePanel(Component):
    """What is missing on the site, what that means for visitors, and a link to the form, if possible to the field."""

    name = "to_complete"
    template_name = "staff/to_complete.html"
    order = 100

    def get_context_data(self, parent_context: dict) -> dict:
        user = parent_context["request"].user
        get_edit_url = AdminURLFinder(user).get_edit_url

        def get_url(thing: Model) -> str | None:
            # The list of organisations makes the row if there is none yet, and redirects to its form.
            return get_edit_url(thing) if thing.pk else reverse("wagtailsnippets_pages_organisation:list")

        missing = [(get_url(thing), anchor, name, effect) for thing, anchor, name, effect in find_missing(user)]
        words = UnknownWord.get_shown() if user.has_perm("pages.add_searchword") else []
        return {
            "unknown_words": words,
            "add_word_url": reverse("wagtailsnippets_pages_searchword:add"),
            "missing": [
                {"url": anchor if anchor.startswith("/") else f"{url}{anchor}", "name": name, "effect": effect}
                for url, anchor, name, effect in missing
                if url
            ],
        }


class MessagesPanel(Component):
    """Messages without an answer, and problems that keep notification mails from being sent."""

    name = "messages"
    template_name = "staff/messages.html"
    order = 50

    def get_context_data(self, parent_context: dict) -> dict:
        is_new, is_doing = Q(status=Message.Status.NEW), Q(status=Message.Status.DOING)
        index = reverse("message:index")
        last_run = WorkerRun.objects.values_list("finished_at", flat=True).first()
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
            "worker_is_down": not last_run or last_run < timezone.now() - LONGEST_PAUSE,
            "last_run": last_run,
        }


def get_subjects_without_recipient() -> list[str]:
    subjects = set(Recipient.objects.values_list("subject", flat=True))
    return [] if "" in subjects else [label for value, label in Subject.choices if value not in subjects]


def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(ToCompletePanel())
    if request.user.has_perm("pages.change_message"):
        panels.append(MessagesPanel())
