"""What answers tell browsers, and that pages live with it: no violation of a policy in a real browser."""

import re

import pytest
from admin_crawl import crawl
from cached_site import CachedSite
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from examples import fill, picture
from playwright.sync_api import expect
from policy import watch_policy

from pages.models import EventIndexPage
from regie.serving.headers import ADMIN_POLICY, PUBLIC_POLICY, RETURN

pytestmark = pytest.mark.django_db

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
}
ADDRESSES = {
    "/": PUBLIC_POLICY,
    "/contact/": PUBLIC_POLICY,
    "/recherche/?q=emploi": PUBLIC_POLICY,
    "/nulle-part/": PUBLIC_POLICY,
    "/agenda.ics": PUBLIC_POLICY,
    "/actualites.atom": PUBLIC_POLICY,
    "/sitemap.xml": PUBLIC_POLICY,
    "/robots.txt": PUBLIC_POLICY,
    "/static/css/site.css": PUBLIC_POLICY,
    "/administration/": PUBLIC_POLICY,
    "/admin/": ADMIN_POLICY,
    "/admin/login/": ADMIN_POLICY,
    "/media/images/a.png": "default-src 'none'; sandbox",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(address):
    default_storage.save("images/a.png", ContentFile(b"x"))
    answer = CachedSite().get(address)
    expected = {name: value for name, value in EVERYWHERE.items() if not (name == "x-frame-options" and "/static/" in address)}
    assert {name: answer.headers.get(name) for name in expected} == expected
    assert answer.headers["content-security-policy"] == ADDRESSES[address]
    assert answer.headers["cross-origin-resource-policy"] == ("cross-origin" if "/media/" in address else "same-origin")
    assert "camera=()" in answer.headers["permissions-policy"]
    assert not {"server", "x-powered-by"} & set(answer.headers)


def test_pages_may_load_nothing_but_what_they_use():
    assert PUBLIC_POLICY.startswith("default-src 'none'; ")
    assert "script-src" not in PUBLIC_POLICY
    assert "unsafe" not in PUBLIC_POLICY
    assert re.findall(r"script-src ([^;]*)", ADMIN_POLICY) == [f"'self' 'unsafe-hashes' {RETURN}"]


def test_a_long_time_of_https_is_promised_over_https(settings):
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    assert Client().get("/", secure=True)["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.browser
@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_no_screen_of_the_admin_breaks_its_policy(page, live_site, client, log_browser_in):
    fill()
    log_browser_in(User.objects.create_superuser("chef"))
    violations = watch_policy(page)
    page.add_init_script("addEventListener('error', e => console.error('Content Security Policy or error: ' + e.message))")
    for status, address in crawl(client, each_type=True).values():
        if status == 200:
            page.goto(f"{live_site}{address}")
            page.wait_for_timeout(300)
    page.evaluate("""() => {
      window.stolen = () => { window.wasCalled = true; };
      document.body.insertAdjacentHTML("beforeend", '<template data-begin="stolen" data-arguments="[]"></template>');
    }""")
    page.wait_for_timeout(200)
    assert page.evaluate("window.wasCalled") is None  # what is in no list is not called
    assert "\n".join(violations) == ""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_forms_of_the_admin_work_under_its_policy(page, live_site, log_browser_in):
    """What begins by a script that the policy does not let stand in the page: rows, calendars, uploads, choosers, previews."""
    picture()
    log_browser_in(User.objects.create_superuser("chef"))
    violations = watch_policy(page)
    page.goto(f"{live_site}/admin/snippets/pages/keyfigure/")
    page.locator("main table a[href*='/edit/']").first.click()
    rows = page.locator("[name^=values-][name$=-number]")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name=re.compile("Ajouter")).last.click()
    expect(rows).to_have_count(2)
    page.goto(f"{live_site}/admin/pages/add/pages/eventpage/{EventIndexPage.objects.get().pk}/")
    page.locator("[name=first_day]").click()
    calendar = page.locator(".xdsoft_datetimepicker:visible")
    calendar.locator(".xdsoft_date").nth(15).click()
    assert re.fullmatch(r"\d\d/\d\d/\d{4}", page.locator("[name=first_day]").input_value())
    page.get_by_role("button", name="Choisir une image").first.click()
    page.locator(".modal-body a:has(img)").first.click()
    expect(page.locator("#id_picture-chooser img")).to_be_visible()
    assert "\n".join(violations) == ""
