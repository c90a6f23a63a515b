"""The organisation, its quartiers and its key figures."""

from ..models import District, KeyFigure, Organisation
from .building import saved

NAME = "Régie des Quartiers de Belfort"
NETWORK_SITE = "https://www.lemouvementdesregies.org/"


def make_organisation():
    return saved(
        Organisation(
            name=NAME,
            short_name="la Régie",
            founded=1990,
            legal_form="association",
            network_name="Mouvement des Régies",
            network_url=NETWORK_SITE,
        )
    )


def make_districts():
    names = [("les ", "Glacis"), ("les ", "Résidences"), ("le ", "Mont/Pépinière"), ("", "Belfort Nord")]
    return [saved(District(article=article, name=name, is_seat=name == "Glacis", sort_order=i)) for i, (article, name) in enumerate(names)]


def make_key_figures():
    """Makes the three figures of the source. It lost their numbers: two stay unknown, the third is counted from 1990."""
    employees = KeyFigure(
        label_singular="salarié",
        label_plural="salariés",
        explanation="Une personne salariée a un contrat de travail avec la Régie.",
        sort_order=0,
    )
    trainings = KeyFigure(
        label_singular="action de formation",
        label_plural="actions de formation",
        explanation="En un an. Ces actions servent à apprendre une langue ou un métier, et à mieux connaître la santé, la sécurité et le droit du travail.",
        sort_order=1,
    )
    experience = KeyFigure(
        label_singular="an d’expérience",
        label_plural="ans d’expérience",
        explanation="La Régie existe depuis 1990. Le compte avance donc d’un an chaque année.",
        since_year=1990,
        sort_order=2,
    )
    return [saved(figure) for figure in (employees, trainings, experience)]
