"""What pages share is made once a state of the site, but only for visitors."""

import pytest
from django.core.cache import cache
from wagtail.models import Site

from pages.models import HomePage, Organisation, StandardPage
from pages.page.sharing import make_once, render_for_all
from regie.serving.state import current


@pytest.fixture
def state():
    """Sets the state of the site that this thread knows."""
    yield lambda number: setattr(current, "state", number)
    current.state = None


def test_a_value_is_made_once_a_state_and_each_caller_gets_a_copy(state):
    made = []

    def get():
        return make_once("name", lambda: made.append("made") or [len(made)])

    state(1)
    with render_for_all():
        get().append("changed by a caller")
        assert get() == [1]
        state(2)
        assert get() == get() == [2]
    assert [get(), get()] == [[3], [4]]  # not for all visitors


@pytest.mark.django_db
def test_a_preview_makes_all_anew(client, state):
    state(1)
    with render_for_all():
        client.get("/")
        cache.set("pages.organisation.models.Organisation.get", Organisation(name="Une Régie d’avant"))
        assert "Une Régie d’avant" in client.get("/").content.decode()
    preview = HomePage.objects.get().make_preview_request().content.decode()
    assert "Une Régie d’avant" not in preview
    assert Organisation.get().name in preview


@pytest.mark.django_db
def test_another_site_does_not_take_the_menu_away(client, state):
    page = HomePage.objects.get().add_child(instance=StandardPage(title="Un autre site"))
    Site.objects.create(hostname="autre.example", root_page=page.sitepage_ptr)
    state(1)
    with render_for_all():
        assert b'href="/qui-sommes-nous/"' in client.get("/contact/").content


@pytest.mark.django_db
def test_the_menu_is_there_before_the_site_has_its_new_address(client, settings):
    settings.SITE_URL = "https://www.exemple.org"
    assert b'href="/qui-sommes-nous/"' in client.get("/contact/").content
