"""News and agenda, both empty: they are in the menu once they have something."""

from ..models import EventIndexPage, NewsIndexPage
from .building import published


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
