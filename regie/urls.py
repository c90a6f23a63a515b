from django.http import Http404
from django.urls import include, path, re_path
from django.views.decorators.http import require_POST
from django.views.defaults import page_not_found
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views import account
from wagtail.contrib.sitemaps.views import sitemap

from pages.agenda import calendar
from pages.editing.draft_links import read_draft
from pages.figures import exports
from pages.glossary import views as glossary_views
from pages.news import feed
from pages.organisation.vcard import contact_card
from pages.page.sharing import shared
from pages.search import views as search_views
from pages.visits import views as visits_views

from .accounts import forgotten, login, second_factor
from .serving.uploads import document, media

urlpatterns = [
    path("admin/login/", login.LoginView.as_view(), name="wagtailadmin_login"),
    path("admin/login/code/", second_factor.CodeView.as_view(), name="login_code"),
    path("admin/password_reset/", forgotten.ForgottenView.as_view(), name="wagtailadmin_password_reset"),
    path("admin/password_reset/confirm/<uidb64>/<token>/", forgotten.NewPasswordView.as_view(), name="wagtailadmin_password_reset_confirm"),
    path("admin/logout/", require_POST(account.LogoutView.as_view()), name="wagtailadmin_logout"),  # a GET would only drop the cookie
    path("admin/account/", require_admin_access(login.AccountView.as_view()), name="wagtailadmin_account"),
    path("admin/account/code/", second_factor.SecondFactorView.as_view(), name="second_factor"),
    # Lists of all files for every account; no screen of the admin asks for them.
    re_path("^admin/api/main/(?:images|documents)/", page_not_found, {"exception": Http404()}, name="unused_api"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/<int:document_id>/<path:document_filename>", document, name="wagtaildocs_serve"),
    path("media/<path:path>", media),
    path("chiffres-cles.csv", exports.figures_csv, name="figures_csv"),
    path("chiffres-cles.json", exports.figures_json, name="figures_json"),
    path("agenda.ics", calendar.calendar, name="calendar"),
    path("agenda/<slug:slug>.ics", calendar.calendar, name="event_calendar"),
    path("actualites.atom", shared()(feed.NewsFeed()), name="news_feed"),
    path("contact.vcf", contact_card, name="contact_card"),
    path("manifest.webmanifest", visits_views.manifest, name="manifest"),
    path("favicon.ico", visits_views.favicon, name="favicon"),
    path("plan-du-site/", visits_views.site_map, name="site_map"),
    path("brouillon/", read_draft, name="draft"),
    path("recherche/", search_views.search, name="search"),
    path("glossaire/", glossary_views.glossary, name="glossary"),
    path("sitemap.xml", shared()(sitemap), {"sitemaps": {"pages": visits_views.SiteMap}}, name="sitemap"),
    path("robots.txt", visits_views.robots, name="robots"),
    path(".well-known/security.txt", visits_views.security_txt, name="security_txt"),
    # Of Wagtail's own addresses, those of pages: not the forms for shared passwords, nor a second form to log in.
    path("_util/login/", RedirectView.as_view(pattern_name="wagtailadmin_login"), name="wagtailcore_login"),
    re_path(wagtail_urls.serve_pattern, wagtail_views.serve, name="wagtail_serve"),
]

handler500 = "regie.serving.errors.server_error"
