"""« Participer à la vie de quartier »."""

from ..models import NeighbourhoodPage, ParticipationWay
from .building import in_order, published, section


def make_neighbourhood_page(home, jobs):
    return published(
        home,
        NeighbourhoodPage,
        title="Participer à la vie de quartier",
        nav_title="Vie de quartier",
        slug="vie-de-quartier",
        search_description="Travailler à la Régie ou y prendre des responsabilités : à Belfort, les habitants font vivre la Régie des Quartiers et leur quartier.",
        introduction="La Régie est un lieu de vie, et ce sont les habitantes et habitants qui l’animent.",
        ways_heading="Deux façons de participer",
        ways=in_order(
            ParticipationWay(
                title="Travailler à la Régie",
                text="<p>Des personnes du quartier travaillent à la Régie. Elles y sont salariées.</p>",
                drawing="tongs",
                link_label="Travailler à la Régie",
                link_page=jobs,
            ),
            ParticipationWay(
                title="Prendre des responsabilités dans l’association",
                text="<p>Dans une association, des groupes prennent les décisions. On les appelle les instances. Les habitants peuvent y prendre des responsabilités.</p><p>Vous voulez adhérer, ou être bénévole ? Une question sur le conseil d’administration ? Posez-la à la Régie.</p>",
                drawing="talk",
                link_label="Écrire à la Régie pour participer",
                link_subject="quartier",
            ),
        ),
        body=[
            *section(
                "Agir pour recréer des liens",
                "Avec la Régie, les habitants font vivre des services de proximité, c’est-à-dire rendus près de chez eux. Le but : recréer des liens entre les personnes.",
            ),
            *section(
                "Être là quand le quartier se retrouve",
                "La Régie joue un rôle actif dans tous les événements qui font la vie d’un quartier.",
            ),
        ],
    )


def link_neighbourhood_page(page, contact):
    """Links the second way to a page that comes later in the tree."""
    ways = list(page.ways.all())
    ways[1].link_page = contact
    page.ways = ways
    page.save_revision(log_action=True).publish()
