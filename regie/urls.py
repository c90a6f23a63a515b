from django.http import Http404
from django.urls import include, path, re_path
from django.views.decorators.http import require_POST, require_safe
from django.views.defaults import page_not_found
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views import account
from wagtail.contrib.sitemaps.views import sitemap

from pages.accounts import forgotten, login, second_factor
from pages.public import feeds, figures, views
from pages.public.sharing import shared
from regie.media import document, media

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
    path("chiffres-cles.csv", figures.figures_csv, name="figures_csv"),
    path("chiffres-cles.json", figures.figures_json, name="figures_json"),
    path("agenda.ics", feeds.calendar, name="calendar"),
    path("agenda/<slug:slug>.ics", feeds.calendar, name="event_calendar"),
    path("actualites.atom", shared()(require_safe(feeds.NewsFeed())), name="news_feed"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("plan-du-site/", views.site_map, name="site_map"),
    path("recherche/", views.search, name="search"),
    path("glossaire/", views.glossary, name="glossary"),
    path("sitemap.xml", shared()(require_safe(sitemap)), {"sitemaps": {"pages": views.SiteMap}}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    # Of Wagtail's own addresses, those of pages: not the forms for shared passwords, nor a second form to log in.
    path("_util/login/", RedirectView.as_view(pattern_name="wagtailadmin_login"), name="wagtailcore_login"),
    re_path(wagtail_urls.serve_pattern, wagtail_views.serve, name="wagtail_serve"),
]

handler500 = "regie.errors.server_error"
