"""Visitors' words for what the pages say in others: the list « Mots des visiteurs »."""

from ..models import SearchWord, SitePage
from .building import saved

WORK, LIFE, BUYERS, CONTACT = "travailler-a-la-regie/", "vie-de-quartier/", "collectivites-et-bailleurs/", "contact/"
CLEANING, BUILDING = "nos-activites/proprete-des-espaces-exterieurs/", "nos-activites/second-oeuvre-du-batiment/"
# What each page is about, in one to three everyday words that no other page is about; trades only if the source says that the Régie has
# them. Each answers dozens of close words too: those that many questions contain, in many senses, lead astray.
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
        "formation",
        "prescripteur",
        "métier",
        "salaire",
        "paye",
        "contrat",
        "embauche",
        "chômage",
        "rsa",
        "sais lire",
    ],
    LIFE: ["bénévole", "bénévolat", "conseil d’administration", "adhérer", "adhésion", "fête", "assemblée générale", "sortir", "que faire"],
    BUYERS: ["devis", "prix", "tarif", "références", "clause", "appel d’offres"],
    CLEANING: ["nettoyage", "ménage", "cage d’escalier", "poubelle", "déchets", "saleté", "balayer"],
    BUILDING: ["travaux", "bâtiment", "rénovation"],
    CONTACT: ["adresse", "horaires", "téléphone", "rappeler", "rappelez", "rendez-vous", "numéro", "tél"],
    "qui-sommes-nous/mission/": ["siège"],
    "qui-sommes-nous/vocation/": ["voisins", "conflit"],
    "qui-sommes-nous/histoire/": ["création", "démolition"],
    "qui-sommes-nous/chiffres-cles/": ["statistiques"],
    "qui-sommes-nous/reseau/": ["fédération", "valeurs"],
    "donnees-personnelles/": ["vie privée", "rgpd"],
    "accessibilite/": ["malvoyant"],
    "mentions-legales/": ["hébergeur"],
}


# Close words of these are of another subject: school, debts, illness, going away.
WITHOUT_CLOSE_WORDS = {
    "alphabétisation",
    "balayer",
    "chômage",
    "formation",
    "malvoyant",
    "prescripteur",
    "que faire",
    "rsa",
    "sais lire",
    "sortir",
}


def make_search_words(home):
    for address, words in ANSWERS.items():
        page = SitePage.objects.get(url_path=f"{home.url_path}{address}")
        for word in words:
            saved(SearchWord(words=word, page=page, answers_close_words=word not in WITHOUT_CLOSE_WORDS))
