"""axe finds nothing serious on the screens that staff use every day, apart from what is Wagtail's own."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from examples import event, news, picture, portrait

from pages.models import EventIndexPage, HomePage, KeyFigure, Message, NewsIndexPage

pytestmark = [pytest.mark.browser, pytest.mark.exhaustive, pytest.mark.django_db(transaction=True)]
OPTIONS = {"resultTypes": ["violations"], "preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
OF_WAGTAIL = "ui-autocomplete-input"  # the field in which tags are typed has no label


def get_screens():
    new = "wagtailadmin_pages:add"
    event_page, image = event("Une fête"), portrait()
    news("Une nouvelle", picture=picture(description="Une rue"))
    message = Message.objects.create(subject="autre", text="Bonjour.", email="a@example.org")
    return {
        "first screen": reverse("wagtailadmin_home"),
        "new event": reverse(new, args=["pages", "eventpage", EventIndexPage.objects.get().pk]),
        "new article": reverse(new, args=["pages", "newspage", NewsIndexPage.objects.get().pk]),
        "event": reverse("wagtailadmin_pages:edit", args=[event_page.pk]),
        "home page": reverse("wagtailadmin_pages:edit", args=[HomePage.objects.get().pk]),
        "pages": reverse("wagtailadmin_explore", args=[EventIndexPage.objects.get().pk]),
        "history": reverse("wagtailadmin_pages:history", args=[event_page.pk]),
        "copy": reverse("duplicate_for_date", args=[event_page.pk]),
        "messages": reverse("message:index"),
        "message": reverse("message:edit", args=[message.pk]),
        "figure": reverse("wagtailsnippets_pages_keyfigure:edit", args=[KeyFigure.objects.get(slug="salaries").pk]),
        "organisation": reverse("wagtailsnippets_pages_organisation:list"),
        "images": reverse("wagtailimages:index"),
        "new image": reverse("wagtailimages:add"),
        "image": reverse("wagtailimages:edit", args=[image.pk]),
        "sheet to sign": reverse("photo_consent"),
        "manual": reverse("manual"),
        "account": reverse("wagtailadmin_account"),
    }


def test_axe_finds_nothing_serious_of_our_own_on_daily_screens(as_member):
    page = as_member("Publication")
    site, found = page.url.split("/admin")[0], {}
    for name, address in get_screens().items():
        page.goto(f"{site}{address}", wait_until="networkidle")
        page.evaluate(Axe().axe_script)
        violations = page.evaluate("options => axe.run(options).then((results) => results.violations)", OPTIONS)
        for violation in violations:
            serious = (node["html"][:150] for node in violation["nodes"] if node["impact"] in {"serious", "critical"})
            nodes = [html for html in serious if OF_WAGTAIL not in html]
            if nodes:
                found[name, violation["id"]] = nodes
    assert found == {}
