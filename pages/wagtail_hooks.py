"""Registers what the subjects define for the admin, and small changes to Wagtail's."""

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.images.models import ImageQuerySet
from wagtail.permissions import policy_registry
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.snippets.models import register_snippet

from .agenda.admin import replace_date, show_dates
from .contact.inbox import find_missing_page, inbox
from .contact.notices import find_people_to_tell, get_tell_button, tell_people
from .desk.panels import add_panels, postpone
from .desk.remarks import find_dead_links, find_needed_pages, find_old_pages
from .desk.year import show_year
from .districts.admin import DistrictViewSet, protect_used_districts
from .editing.content_checks import use_own_checks
from .editing.draft_links import get_share_button, register_actions, share_draft, withdraw_drafts
from .editing.duplicates import duplicate_for_date, get_duplicate_button
from .editing.page_views import PublishLaterMenuItem, SitePageViewSet
from .editing.reviews import confirm_page, get_put_back_button, put_back, show_announcement
from .figures.admin import KeyFigureViewSet, find_old_figures, find_unknown_figures
from .glossary.admin import GlossaryViewSet
from .legal.models import find_changed_wording, find_missing_kinds, find_never_validated
from .media.consent import end_consent, find_consents, find_missing_consents
from .models import SiteImage, SitePage
from .organisation.admin import FORM, OpeningMenuItem, OrganisationViewSet, find_first_facts, find_missing_facts, find_unread_sms
from .page.querysets import SitePageQuerySet
from .page.sharing import declare_page
from .search.admin import SearchWordViewSet, find_words_without_page
from .services.models import find_missing_tasks
from .versions.simple import find_outdated_versions
from .visits.links import PublicDocumentLinkHandler, PublicPageLinkHandler
from .work.admin import ask_for_wage, end_offer, find_ending_offers, find_missing_application, find_other_contact, get_end_buttons

FIRST_ACTIONS = ["approve", "action-publish", "action-submit"]  # the buttons of a page's form in their order, the large one first
photo_consent = TemplateView.as_view(template_name="staff/photo_consent.html", extra_context={"site_host": settings.SITE_HOST})
UNUSED_MENU_ITEMS = {
    "snippets",  # each has its own entry
    "help",  # on another host, in English
    "page-types-usage",  # for programmers: page types by the names of their models
    "sites",  # SITE_URL sets the address of the only one, but Wagtail needs its application
}

for viewset in (KeyFigureViewSet, OrganisationViewSet, DistrictViewSet, GlossaryViewSet, SearchWordViewSet):
    register_snippet(viewset)
hooks.register("register_admin_viewset", lambda: inbox)
hooks.register("register_admin_viewset", SitePageViewSet)
for get_buttons in (get_duplicate_button, get_end_buttons, get_tell_button):
    hooks.register("register_page_header_buttons", get_buttons)
    hooks.register("register_page_listing_more_buttons", get_buttons)
hooks.register("register_page_header_buttons", get_put_back_button)
hooks.register("register_page_header_buttons", get_share_button)
hooks.register("register_log_actions", register_actions)
hooks.register("register_page_action_menu_item", lambda: PublishLaterMenuItem(order=35))
hooks.register("construct_homepage_panels", add_panels)
hooks.register("construct_homepage_summary_items", lambda request, items: items.clear())  # the number of pages helps nobody
hooks.register("register_admin_menu_item", lambda: OpeningMenuItem("Ouvrir le site", reverse(FORM), icon_name="clipboard-list", order=50))
hooks.register("construct_wagtail_userbar", use_own_checks)
hooks.register("register_admin_menu_item", lambda: MenuItem("Mode d’emploi", reverse("manual"), icon_name="help", order=107))
hooks.register("register_reports_menu_item", lambda: MenuItem("Le site en un an", reverse("year"), icon_name="table", order=50))
hooks.register("insert_global_admin_css", lambda: format_html('<link rel="stylesheet" href="{}">', static("css/admin.css")))
hooks.register("after_publish_page", show_announcement)
hooks.register("after_publish_page", ask_for_wage)
hooks.register("before_delete_snippet", protect_used_districts)
hooks.register("before_serve_page", declare_page)
hooks.register("find_waiting", find_people_to_tell, order=-1)
hooks.register("find_page_faults", find_missing_consents)
# Remarks of the first screen, in their order; those of the server are in `regie/wagtail_hooks.py`.
for find in (find_first_facts, find_unknown_figures):
    hooks.register("find_first_needs", find)
for find in (find_missing_facts, find_missing_application, find_missing_tasks, find_never_validated):
    hooks.register("find_missing", find)
# First what loses visitors or tells them something false, then what they do not see.
for find in (find_needed_pages, find_missing_page, find_missing_kinds):
    hooks.register("find_to_review", find, order=10)
for find in (find_outdated_versions, find_ending_offers, find_unread_sms, find_other_contact, find_old_figures, find_consents):
    hooks.register("find_to_review", find, order=30)
for find in (find_changed_wording, find_words_without_page, find_dead_links, find_old_pages):
    hooks.register("find_to_review", find, order=40)


@hooks.register("register_admin_urls")
def get_admin_urls() -> list[URLPattern]:
    return [
        path("pages/<int:page_id>/autre-date/", duplicate_for_date, name="duplicate_for_date"),
        path("pages/<int:page_id>/date/<str:day>/", replace_date, name="replace_date"),
        path("pages/dates/", show_dates, name="event_dates"),
        path("offres/<int:page_id>/<str:outcome>/", end_offer, name="end_offer"),
        path("pages/<int:page_id>/prevenir/", tell_people, name="tell_people"),
        path("pages/<int:page_id>/garder/", confirm_page, name="confirm_page"),
        path("pages/<int:page_id>/faire-lire/", share_draft, name="share_draft"),
        path("pages/<int:page_id>/retirer-les-liens/", withdraw_drafts, name="withdraw_drafts"),
        path("pages/<int:page_id>/remettre/", put_back, name="put_back"),
        path("plus-tard/<slug:key>/", postpone, name="postpone"),
        path("images/<int:image_id>/ne-veut-plus/", end_consent, name="end_consent"),
        path("images/autorisation/", photo_consent, name="photo_consent"),
        path("annee/", show_year, name="year"),
        path("annee/<int:year>/", show_year, name="year"),
        path("mode-d-emploi/", TemplateView.as_view(template_name="staff/manual.html"), name="manual"),
    ]


@hooks.register("register_rich_text_features", order=1)  # after Wagtail's own
def register_links(features: FeatureRegistry) -> None:
    features.register_link_type(PublicPageLinkHandler)
    features.register_link_type(PublicDocumentLinkHandler)


@hooks.register("construct_page_chooser_queryset")
def choose_known_pages(pages: SitePageQuerySet, request: HttpRequest) -> SitePageQuerySet:
    """Leaves out of the chooser what the user finds nowhere else; Wagtail lets every account choose every page."""
    return pages.filter(pk__in=policy_registry.get_by_type(SitePage).explorable_instances(request.user).values("pk"))


@hooks.register("construct_image_chooser_queryset")
def choose_shown_pictures(images: ImageQuerySet, request: HttpRequest) -> ImageQuerySet:
    """Leaves out of the chooser the pictures of people whose consent has ended."""
    return images.exclude(pk__in=SiteImage.objects.filter(SiteImage.get_ended_consent()).values("pk"))


@hooks.register("construct_main_menu")
@hooks.register("construct_reports_menu")
@hooks.register("construct_settings_menu")
def hide_unused_items(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    menu_items[:] = [item for item in menu_items if item.name not in UNUSED_MENU_ITEMS]


@hooks.register("construct_page_action_menu")
def put_publish_first(menu_items: list[MenuItem], request: HttpRequest, context: dict) -> None:
    """Makes « Publier » the large button for those who may publish, as drafts were saved in the belief that they were published.

    For a page that a colleague has submitted, it is the one that also ends the review, so that she is told.
    """
    if any(item.name == "approve" for item in menu_items):
        menu_items[:] = [item for item in menu_items if item.name not in {"action-publish", "publish-later"}]
    menu_items.sort(key=lambda item: FIRST_ACTIONS.index(item.name) if item.name in FIRST_ACTIONS else len(FIRST_ACTIONS))


@hooks.register("insert_global_admin_js")
def add_admin_script() -> SafeString:
    script = '<script src="{}" data-ping="{}" data-login="{}"></script>'
    return format_html(script, static("js/admin.js"), reverse("session_ping"), reverse("wagtailadmin_login"))
