"""« Participer à la vie de quartier », news and agenda, both empty: they are in the menu once they have something."""

from ..models import EventIndexPage, NeighbourhoodPage, NewsIndexPage, ParticipationWay
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


def make_news_page(home):
    return published(
        home,
        NewsIndexPage,
        title="Actualités",
        slug="actualites",
        search_description="Les actualités de la Régie des Quartiers de Belfort : la vie de l’association, ses activités, ses emplois et les quartiers où elle agit.",
        introduction="Voici les nouvelles de la Régie et des quartiers.",
    )


def make_agenda_page(home):
    return published(
        home,
        EventIndexPage,
        title="Agenda",
        slug="agenda",
        search_description="L’agenda de la Régie des Quartiers de Belfort : les événements à venir dans les quartiers, avec leur date, leur heure et leur lieu.",
        introduction="Voici les événements à venir dans les quartiers.",
    )
