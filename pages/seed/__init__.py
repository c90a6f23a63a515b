"""The site's starting content, made through the models by named functions that the tests use too.

Every fact in it comes from the association's own page « Qui sommes-nous ? »; what that page does not say stays empty.
"""

from functools import partial

from django.db import transaction
from wagtail.models import PageLogEntry, Site

from ..models import District, GlossaryTerm, HomePage, KeyFigure, Organisation, SitePage
from ..page.addresses import set_up_site
from . import about, contact, glossary, home, jobs, neighbourhood, search_words, services, simple, site
from .blank import make_blank_site


@transaction.atomic
def seed():
    """Puts the starting content in, unless there is a home page already. Returns True if it did.

    What is left of an earlier site, such as its organisation or its figures, stays as it is.
    """
    if HomePage.objects.exists():
        return False
    for model, make in (
        (Organisation, site.make_organisation),
        (District, site.make_districts),
        (KeyFigure, site.make_key_figures),
        (GlossaryTerm, glossary.make_glossary),
    ):
        if not model.objects.exists():
            make()
    home_page = make_root(home.make_home_page)
    make_pages(home_page)
    search_words.make_search_words(home_page)
    return True


def make_pages(home_page, there=frozenset()):
    """Makes the pages below the home page, except those whose primary keys are `there`, in the order of the tree, which is that of the menu."""
    jobs_page = jobs.make_jobs_page(home_page)
    services_page = services.make_services_page(home_page)
    cleaning_page = services.make_cleaning_page(services_page, jobs_page)
    services.make_building_page(services_page, jobs_page)
    services.make_buyers_page(home_page)
    neighbourhood_page = neighbourhood.make_neighbourhood_page(home_page, jobs_page)
    neighbourhood.make_news_page(home_page)
    neighbourhood.make_agenda_page(home_page)
    about_page = about.make_about_page(home_page)
    for make_part in about.PARTS:
        make_part(about_page)
    contact_page = contact.make_contact_page(home_page)
    contact.make_legal_pages(home_page)
    # The links to pages that come later in the tree.
    for link, page, *later in (
        (jobs.link_jobs_page, jobs_page, neighbourhood_page),
        (services.link_cleaning_page, cleaning_page, contact_page),
        (neighbourhood.link_neighbourhood_page, neighbourhood_page, contact_page),
        (home.link_ways_in, home_page),
    ):
        if page.pk not in there:
            link(page, *later)
    simple.make_simple_pages(home_page, jobs_page, about_page)  # of pages that are complete


@transaction.atomic
def add_missing(chosen=()):
    """Adds what is `chosen` of the starting content that the site lacks, pages as drafts; returns the names of all that it lacked.

    Nothing is added where one of the names is not among these. Explained words are named by themselves, pages by their address; those only on the site for which they were written.
    """
    home_page = HomePage.objects.get()
    there = set(SitePage.objects.values_list("pk", flat=True))
    if Organisation.get().name == site.NAME:
        make_pages(home_page, there)
    new = SitePage.objects.exclude(pk__in=there).order_by("path")
    pages = {f"/{page.url_path.removeprefix(home_page.url_path)}": page for page in new}
    terms = glossary.get_missing()
    names = [*pages, *terms]
    if not chosen or not set(chosen) <= set(names):
        transaction.set_rollback(True)
        return names
    keys = [page.pk for page in pages.values()]
    for address, page in reversed(pages.items()):
        if any(name.startswith(address) for name in chosen):  # with the pages above it
            page.specific.unpublish(log_action=None)
        else:
            page.specific.delete()
    PageLogEntry.objects.filter(page__in=keys).delete()  # nobody has done or seen what led here
    SitePage.objects.filter(pk__in=keys).update(first_published_at=None)
    glossary.make_glossary([term for term in terms if term in chosen])
    return names


@transaction.atomic
def start_site(name):
    """Makes an empty site for the association of that name, unless there is a home page or an organisation already. Returns True if it did."""
    if HomePage.objects.exists() or Organisation.objects.exists():
        return False
    glossary.make_glossary()
    make_root(partial(make_blank_site, name=name))
    return True


def make_root(make_home_page):
    """Returns the home page that `make_home_page` makes, as the root of the site. Wagtail's welcome page is deleted, and the site row with it."""
    SitePage.objects.filter(depth=2, slug="home").exact_type(SitePage).delete()
    home_page = make_home_page(SitePage.objects.get(depth=1))
    Site.objects.update_or_create(is_default_site=True, defaults={"root_page": home_page})
    set_up_site()
    return home_page
