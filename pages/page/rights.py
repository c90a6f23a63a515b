"""What users may do with a page."""

from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from wagtail.models import AbstractPage, PageLogEntry
from wagtail.models.pages import PagePermissionTester

DELETED_AFTER = timedelta(days=30)  # Administrators may delete a page so long after it was taken down.


class SitePagePermissions(PagePermissionTester):
    """Taking a page down can be undone, which Publication may; deleting cannot, and is for administrators, a month later."""

    def can_unpublish(self) -> bool:
        return super().can_unpublish() and self.page.specific_class.may_be_taken_down_by(self.user)

    def can_set_view_restrictions(self) -> bool:
        return super().can_set_view_restrictions() and self.page.specific_class.may_be_taken_down_by(self.user)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Lets staff delete drafts of their own that were never published, and administrators what was taken down DELETED_AFTER ago."""
        page, pages = self.page, self.page.get_descendants(inclusive=True)
        if self.user.is_superuser:
            recent = PageLogEntry.objects.filter(action__startswith="wagtail.unpublish", timestamp__gt=timezone.now() - DELETED_AFTER)
            may_go = not page.live and not pages.filter(Q(live=True) | Q(pk__in=recent.values("page"))).exists()
        else:
            is_own_draft = not page.live and not page.first_published_at and page.owner_id == self.user.pk
            others = pages.exclude(live=False, first_published_at=None, owner=self.user)
            may_go = is_own_draft and not (page.numchild and others.exists())  # Lists ask this of each row.
        return may_go and super().can_delete(ignore_bulk)

    def can_move(self) -> bool:
        """Asks Wagtail's rule for deleting: its `can_move()` would ask the stricter one of this class, and refuse all published pages."""
        return super().can_delete(ignore_bulk=True)

    def get_new_parents(self) -> list[AbstractPage]:
        """Returns the other pages below which the user may move this one, in the order of the site."""
        page_model = apps.get_model(settings.WAGTAIL_PAGE_MODEL)
        pages = page_model.objects.type(*self.page.specific_class.allowed_parent_page_models()).order_by("path")
        return [page for page in pages if not self.page.is_child_of(page) and self.can_move_to(page)]
