"""Remarks about any page: one that the others need, a link that leads nowhere, a page that nobody has changed for long."""

from collections.abc import Iterator
from itertools import chain

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import ReferenceIndex, Revision

from ..editing.remarks import DashboardData, Remark
from ..models import SitePage
from ..text.dates import format_day

MAX_ROWS = 5  # Of the pages that nobody has changed for long, the others come once these are answered.


def get_planned() -> list[Revision]:
    """Returns the revisions of pages with a day and an hour on which they come out, the next first."""
    pages = Revision.objects.filter(base_content_type=ContentType.objects.get_for_model(SitePage))
    return list(pages.exclude(approved_go_live_at=None).order_by("approved_go_live_at"))


def find_needed_pages(dashboard: DashboardData) -> Iterator[Remark]:
    """Yields pages that exist once, and that are not on the site."""
    for page in chain.from_iterable(dashboard.unique_pages.values()):
        if not page.is_public:
            effect = "Ouvrez-la à tous." if page.live else "Publiez-la."
            yield Remark(page, page.draft_title, f"les visiteurs ne la voient pas, et les autres pages ont besoin d’elle. {effect}")


def get_dead_links() -> list[tuple[SitePage, SitePage]]:
    """Returns pairs of an open page and a page that it links to although that one is unpublished, private or expired."""
    closed = {page.pk: page for page in SitePage.objects.exclude(pk__in=SitePage.objects.public())}
    pages = ContentType.objects.get_for_model(SitePage)
    found = ReferenceIndex.objects.filter(base_content_type=pages, to_content_type=pages, to_object_id__in=[str(pk) for pk in closed])
    references = sorted({(int(source), int(target)) for source, target in found.values_list("object_id", "to_object_id")})
    sources = SitePage.objects.public().in_bulk([source for source, _ in references])
    return [(sources[source], closed[target]) for source, target in references if source in sources]


def find_dead_links(dashboard: DashboardData) -> Iterator[Remark]:
    for page, closed in get_dead_links():
        effect = f"il mène à « {closed.title} », qui n’est pas en ligne. Les visiteurs ne voient pas ce lien."
        yield Remark(page, f"Un lien sur « {page.title} »", effect)


def find_old_pages(dashboard: DashboardData) -> Iterator[Remark]:
    """Yields the oldest of the pages that nobody has changed for a long time."""
    for page in SitePage.objects.to_review()[:MAX_ROWS]:
        effect = f"personne ne l’a changée depuis le {format_day(timezone.localtime(page.seen_at), 'j F Y')}. Dit-elle encore vrai ?"
        yield Remark(page, page.title, effect, may_be_confirmed=dashboard.may_publish, read=(("La lire", page.url),))
