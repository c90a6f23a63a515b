"""What Wagtail's checks tell an editor while she writes. A check that is wrong once in ten pages would not be read: there are few.

Two more are in forms: a subheading without a heading before it (`HeadingBlock`), and the picture of a person without her consent, which
stops the publication (`page_forms.py`).
"""

from django.http import HttpRequest
from wagtail.admin.userbar import BaseItem, ContentCheckerItem

from ..page.base import SitePage


class ContentChecks(ContentCheckerItem):
    axe_include = ["main"]
    axe_run_only = ["picture-description"]
    axe_custom_rules = [
        {
            "id": "picture-description",
            "impact": "serious",
            "selector": ".page-head img[alt=''], .face img[alt=''], .gallery img[alt=''], .comparison img[alt='']",
            "tags": ["best-practice"],
            "any": ["non-empty-alt"],
            "enabled": True,
        }
    ]
    axe_custom_checks = []
    axe_messages = {
        "picture-description": {
            "error_name": "Cette image n’a pas de description",
            "help_text": "Des personnes ne la voient pas, et se font lire la page. Écrivez ce que l’on y voit, dans le menu « Images ».",
        }
    }


def use_own_checks(request: HttpRequest, items: list[BaseItem], page: SitePage | None) -> None:
    items[:] = [ContentChecks(in_editor=item.in_editor) if isinstance(item, ContentCheckerItem) else item for item in items]
