"""What residents, buyers and partners type into the search box, and the page that must come first. Maintainers add to it."""

import pytest
from reading import found

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

WORK, LIFE, BUYERS, CONTACT = "/travailler-a-la-regie/", "/vie-de-quartier/", "/collectivites-et-bailleurs/", "/contact/"
CLEANING, BUILDING = "/nos-activites/proprete-des-espaces-exterieurs/", "/nos-activites/second-oeuvre-du-batiment/"
HISTORY, FIGURES, VOCATION, STRENGTHS, MISSION, NETWORK = (
    f"/qui-sommes-nous/{part}/" for part in ("histoire", "chiffres-cles", "vocation", "forces", "mission", "reseau")
)
QUESTIONS = {
    "emploi": WORK,
    "travail": WORK,
    "je cherche du travail": WORK,
    "offre d'emploi": WORK,
    "formation": WORK,
    "français": WORK,
    "cours": WORK,
    "cours de français": WORK,
    "alphabétisation": WORK,
    "cv": WORK,
    "candidature": WORK,
    "postuler": WORK,
    "stage": WORK,
    "apprendre un métier": WORK,
    "bénévole": LIFE,
    "conseil d'administration": LIFE,
    "participer": LIFE,
    "devis": BUYERS,
    "prix": BUYERS,
    "bailleur": BUYERS,
    "nettoyage": CLEANING,
    "ménage": CLEANING,
    "cage d'escalier": CLEANING,
    "poubelle": CLEANING,
    "propreté": CLEANING,
    "travaux": BUILDING,
    "bâtiment": BUILDING,
    "téléphone": CONTACT,
    "adresse": CONTACT,
    "horaires": CONTACT,
    "contacter": CONTACT,
    "1990": HISTORY,
    "garages": HISTORY,
    "rue Parant": HISTORY,
    "chiffres": FIGURES,
    "médiation": VOCATION,
    "charte": NETWORK,
    "partenaire": NETWORK,
    "siège": MISSION,
    "cookies": "/donnees-personnelles/",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_right_page_comes_first(client, question):
    assert found(client, question)[:1] == [QUESTIONS[question]]
