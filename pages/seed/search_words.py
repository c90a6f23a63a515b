"""Visitors' words for what the pages say in others: the list « Mots des visiteurs »."""

from ..models import SearchWord, SitePage
from .building import saved

WORK, LIFE, BUYERS, CONTACT = "travailler-a-la-regie/", "vie-de-quartier/", "collectivites-et-bailleurs/", "contact/"
CLEANING, BUILDING = "nos-activites/proprete-des-espaces-exterieurs/", "nos-activites/second-oeuvre-du-batiment/"
ANSWERS = {
    WORK: [
        "emploi",
        "travail",
        "boulot",
        "cours",
        "français",
        "alphabétisation",
        "cv",
        "candidature",
        "postuler",
        "stage",
        "métier",
        "salaire",
        "paye",
        "contrat",
    ],
    LIFE: ["bénévole", "bénévolat", "conseil d’administration", "adhérer", "adhésion"],
    BUYERS: ["devis", "prix", "tarif", "références", "clause"],
    CLEANING: ["nettoyage", "ménage", "cage d’escalier", "poubelle", "déchets", "saleté"],
    BUILDING: ["travaux", "bâtiment"],
    CONTACT: ["adresse", "horaires", "téléphone", "rappeler"],
    "qui-sommes-nous/mission/": ["siège"],
}


def make_search_words(home):
    for address, words in ANSWERS.items():
        page = SitePage.objects.get(url_path=f"{home.url_path}{address}")
        for word in words:
            saved(SearchWord(words=word, page=page))
