"""The site answers any text in an address without a 5xx (Hypothesis makes the texts).

On SQLite: `make test-all` asks PostgreSQL as many, and `test_search.py` those that were trouble there.
"""

import pytest
from django.test import Client
from examples import fill_life
from hypothesis import given
from hypothesis import strategies as st

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

TEXT = st.text() | st.text(alphabet="\"'%_*\\()&|!:<>-^~\0 éŒß€🙂\u202e\u2028aAœ1", max_size=60) | st.from_regex(r"[0-9eE+\-.]{1,40}")
NAMES = st.sampled_from(["page", "quartier", "quand", "q", "utm_source", "envoye", "offre", "sujet"]) | st.text(max_size=8)


@pytest.fixture
def answers():
    fill_life()
    client = Client(raise_request_exception=False)

    def check(address, parameters):
        response = client.get(address, parameters)
        assert response.status_code < 500, (address, parameters)
        return response

    return check


@given(question=TEXT, page=TEXT | st.just("1"))
def test_search_answers_any_question(answers, question, page):
    assert answers("/recherche/", {"q": question, "page": page}).status_code in {200, 302}


@given(
    address=st.sampled_from(["/agenda/", "/actualites/", "/agenda.ics", "/contact/", "/"]),
    parameters=st.dictionaries(NAMES, TEXT, max_size=4),
)
def test_lists_and_calendars_answer_any_parameters(answers, address, parameters):
    assert answers(address, parameters).status_code in {200, 302, 404}


@given(form=st.sampled_from(["/agenda/{}", "/agenda/{}.ics", "/actualites/{}/"]), path=TEXT)
def test_any_address_below_a_list_is_answered(answers, form, path):
    assert answers(form.replace("{}", path), {}).status_code in {200, 301, 302, 400, 404}
