"""JSON-LD for search engines, in the vocabulary of schema.org: the association, the breadcrumbs, and what the page is about."""

from ..models import ContactPage, District, HomePage, Organisation, SitePage
from ..organisation.linked_data import describe_association, without_unknown
from ..page.addresses import get_canonical_url
from ..page.sharing import get_all


def get_graph(page: SitePage, ancestors: list[SitePage], organisation: Organisation, picture: str) -> list[dict]:
    """Returns the graph of a page: a list of nodes, without what is not known. `picture` is the address of the page's picture."""
    nodes = [describe_page(page, organisation, picture)]
    if isinstance(page, HomePage | ContactPage):
        nodes.append(describe_association(organisation, get_all(District)))
    if ancestors:
        nodes.append(describe_breadcrumbs(page, ancestors))
    return [without_unknown(node) for node in nodes if node]


def describe_breadcrumbs(page: SitePage, ancestors: list[SitePage]) -> dict:
    steps = [(each.short_title, get_canonical_url(each)) for each in (*ancestors, page)]
    items = [{"@type": "ListItem", "position": n, "name": name, "item": url} for n, (name, url) in enumerate(steps, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def describe_page(page: SitePage, organisation: Organisation, picture: str) -> dict | None:
    """Returns the node of what the page is about; None for a page that is only a page."""
    if not (node := page.get_linked_data(organisation)):
        return None
    common = {"url": get_canonical_url(page), "description": page.introduction or page.search_description or page.title}
    return common | node | ({"image": picture} if page.shown_picture else {})
