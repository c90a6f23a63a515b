"""The site's starting content, made through the models by named functions that the tests use too.

Every fact in it comes from the association's own page « Qui sommes-nous ? »; what that page does not say stays empty.
"""

from django.db import transaction
from wagtail.models import Page, Site

from ..after_migrate import set_up_site
from ..models import District, HomePage, KeyFigure, Organisation
from . import about, home, site


@transaction.atomic
def seed():
    """Puts the starting content in, unless there is a home page already. Whether it did.

    What was kept of an earlier site, such as its organisation or its figures, stays as it is.
    """
    if HomePage.objects.exists():
        return False
    for model, make in ((Organisation, site.make_organisation), (District, site.make_districts), (KeyFigure, site.make_key_figures)):
        if not model.objects.exists():
            make()
    # Wagtail's welcome page gives way, and takes the site row with it.
    Page.objects.filter(depth=2, slug="home", content_type__model="page").delete()
    home_page = home.make_home_page(Page.objects.get(depth=1))
    Site.objects.update_or_create(is_default_site=True, defaults={"root_page": home_page})
    set_up_site()
    about_page = about.make_about_page(home_page)
    for make_part in about.PARTS:
        make_part(about_page)
    home.link_doors(home_page)
    return True
