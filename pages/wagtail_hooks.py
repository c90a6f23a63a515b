"""Registers what `pages/admin/` defines, and small changes to Wagtail's admin."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import policy_registry
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.snippets.models import register_snippet

from .accounts.second_factor import SecondFactorPanel
from .admin.content_checks import use_own_checks
from .admin.dashboard import add_panels, postpone
from .admin.date_copies import copy_date, copy_for_date, get_copy_button
from .admin.event_dates import show_dates
from .admin.figures import KeyFigureViewSet
from .admin.inbox import inbox
from .admin.organisation import FORM, OpeningMenuItem, OrganisationViewSet
from .admin.page_views import PublishLaterMenuItem, SitePageViewSet
from .admin.reviews import end_offer, get_end_buttons, get_put_back_button, keep_page, put_back, show_announcement
from .admin.snippets import DistrictViewSet, GlossaryViewSet, SearchWordViewSet, keep_used_districts
from .models import SitePage
from .models.base import SitePageQuerySet
from .public.links import OpenDocumentLinkHandler, OpenPageLinkHandler
from .public.sharing import declare_page

FIRST_ACTIONS = ["approve", "action-publish", "action-submit"]  # of a page's form: the large button is the first that the user may use
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
hooks.register("register_page_header_buttons", get_copy_button)
hooks.register("register_page_listing_more_buttons", get_copy_button)
hooks.register("register_page_header_buttons", get_put_back_button)
hooks.register("register_page_header_buttons", get_end_buttons)
hooks.register("register_page_listing_more_buttons", get_end_buttons)
hooks.register("register_page_action_menu_item", lambda: PublishLaterMenuItem(order=35))
hooks.register("construct_homepage_panels", add_panels)
hooks.register("construct_homepage_summary_items", lambda request, items: items.clear())  # the number of pages helps nobody
hooks.register("register_admin_menu_item", lambda: OpeningMenuItem("Ouvrir le site", reverse(FORM), icon_name="clipboard-list", order=50))
hooks.register("construct_wagtail_userbar", use_own_checks)
hooks.register("register_admin_menu_item", lambda: MenuItem("Mode d’emploi", reverse("manual"), icon_name="help", order=107))
hooks.register("after_publish_page", show_announcement)
hooks.register("before_delete_snippet", keep_used_districts)
hooks.register("before_serve_page", declare_page)
hooks.register("register_account_settings_panel", SecondFactorPanel)


@hooks.register("register_admin_urls")
def get_admin_urls() -> list[URLPattern]:
    return [
        path("session/ping/", lambda request: HttpResponse(status=204), name="session_ping"),  # Wagtail answers 403 once it has ended
        path("pages/<int:page_id>/autre-date/", copy_for_date, name="copy_for_date"),
        path("pages/<int:page_id>/date/<str:day>/", copy_date, name="copy_date"),
        path("pages/dates/", show_dates, name="event_dates"),
        path("offres/<int:page_id>/<str:outcome>/", end_offer, name="end_offer"),
        path("pages/<int:page_id>/garder/", keep_page, name="keep_page"),
        path("pages/<int:page_id>/remettre/", put_back, name="put_back"),
        path("plus-tard/<slug:key>/", postpone, name="postpone"),
        path("images/autorisation/", photo_consent, name="photo_consent"),
        path("mode-d-emploi/", TemplateView.as_view(template_name="staff/manual.html"), name="manual"),
    ]


@hooks.register("register_rich_text_features", order=1)  # after Wagtail's own
def register_links(features: FeatureRegistry) -> None:
    features.register_link_type(OpenPageLinkHandler)
    features.register_link_type(OpenDocumentLinkHandler)


@hooks.register("construct_page_chooser_queryset")
def choose_known_pages(pages: SitePageQuerySet, request: HttpRequest) -> SitePageQuerySet:
    """Leaves out of the chooser what the user finds nowhere else; Wagtail lets every account choose every page."""
    return pages.filter(pk__in=policy_registry.get_by_type(SitePage).explorable_instances(request.user).values("pk"))


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


@hooks.register("insert_global_admin_css")
def add_admin_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_global_admin_js")
def add_admin_script() -> SafeString:
    script = '<script src="{}" data-ping="{}" data-login="{}"></script>'
    return format_html(script, static("js/admin.js"), reverse("session_ping"), reverse("wagtailadmin_login"))
