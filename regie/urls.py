from django.urls import include, path
from django.views.decorators.http import require_safe
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from pages import views
from regie.media import media

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", media),
    path("chiffres-cles.csv", views.figures_csv, name="figures_csv"),
    path("chiffres-cles.json", views.figures_json, name="figures_json"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("plan-du-site/", views.site_map, name="site_map"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": {"pages": views.SiteMap}}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("", include(wagtail_urls)),
]
