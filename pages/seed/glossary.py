"""The hard words of the site: general definitions, no facts about the association."""

from ..models import GlossaryTerm
from .building import saved

# The word, in full where it is an acronym, other forms than its plural in s, what it means.
TERMS = [
    ("Accessibilité", "", "", "Qualité d’un site que toute personne peut utiliser, handicapée ou non."),
    ("Accompagnement", "", "", "Aide personnelle et suivie pour avancer dans son projet."),
    (
        "ACI",
        "Atelier Chantier d’Insertion",
        "",
        "Lieu de travail qui emploie et accompagne des personnes pour qui trouver un emploi est très difficile.",
    ),
    ("Adresse IP", "Internet Protocol", "", "Numéro qui identifie un appareil ou une connexion sur internet."),
    ("Audit", "", "", "Contrôle complet, fait selon une liste de critères."),
    ("Bailleur", "", "", "Personne ou organisme qui donne un logement en location."),
    ("Bénévole", "", "bénévolat", "Personne qui aide une association sans être payée."),
    ("Cadre de vie", "", "", "Tout ce qui entoure les personnes là où elles vivent, comme leur logement, leur immeuble et leur rue."),
    ("Charte", "", "", "Texte qui fixe les règles et les valeurs d’un groupe."),
    ("Citoyenneté", "", "", "Fait d’avoir des droits et des devoirs, et de prendre part à la vie commune."),
    ("CNIL", "Commission nationale de l’informatique et des libertés", "", "Autorité française qui protège les données personnelles."),
    ("Collectivité", "", "", "Administration d’un territoire, comme une commune, un département ou une région."),
    ("Conseil d’administration", "", "", "Groupe de personnes élues qui prennent les décisions d’une association."),
    (
        "Conventionnée",
        "",
        "conventionné",
        "Se dit d’une structure qui a signé une convention, c’est-à-dire un accord écrit, pour exercer une activité.",
    ),
    ("Cookie", "", "", "Petit fichier qu’un site fait garder par votre navigateur."),
    ("CSS", "Cascading Style Sheets", "", "Langage informatique qui règle l’apparence des pages d’un site."),
    ("Développement local", "", "", "Progrès d’un territoire, construit avec les personnes qui y vivent."),
    (
        "DSQ",
        "Développement Social des Quartiers",
        "",
        "Ancien programme public qui voulait améliorer la vie dans des quartiers en difficulté.",
    ),
    ("Économie solidaire", "", "", "Façon de produire et d’échanger qui donne la priorité aux personnes sur le profit."),
    (
        "EI",
        "Entreprise d’Insertion",
        "",
        "Entreprise qui vend des biens ou des services, et qui embauche et accompagne des personnes éloignées de l’emploi.",
    ),
    ("Éloigné de l’emploi", "", "éloignée de l’emploi", "Se dit d’une personne qui a de grandes difficultés à trouver un travail."),
    ("Équipement public", "", "", "Lieu ou installation ouvert à la population, comme une école ou un terrain de sport."),
    ("Formation qualifiante", "", "", "Formation qui donne ou fait reconnaître des compétences utiles à un métier."),
    ("Gestion urbaine", "", "", "Entretien et bon fonctionnement d’un quartier au quotidien."),
    ("Hébergeur", "", "", "Entreprise ou organisme qui garde un site sur ses machines et le rend accessible par internet."),
    ("HTML", "HyperText Markup Language", "", "Langage informatique qui sert à écrire les pages d’un site."),
    (
        "IAE",
        "insertion par l’activité économique",
        "",
        "Façon d’aider, par le travail et un accompagnement, des personnes qui ont du mal à trouver un emploi.",
    ),
    ("Impôts commerciaux", "", "", "Impôts que paient les entreprises et les autres organismes qui exercent une activité commerciale."),
    ("Insertion", "", "", "Parcours pour trouver ou retrouver une place dans la société et dans le travail."),
    ("Instances", "", "", "Groupes et réunions où se prennent les décisions d’une association."),
    ("Lien social", "", "liens sociaux", "Ensemble des relations qui unissent les personnes et les aident à vivre ensemble."),
    ("Marché", "", "", "Contrat par lequel une organisation confie à une autre un travail ou un service."),
    ("Médiation", "", "", "Aide apportée à des personnes en désaccord pour qu’elles se parlent et s’entendent."),
    ("Politique de la ville", "", "", "Action de l’État et des collectivités pour réduire les inégalités entre les quartiers."),
    ("Précarité", "", "", "Situation fragile, par exemple quand les ressources ou le logement sont incertains."),
    ("Projet professionnel", "", "", "Métier ou emploi qu’une personne vise, avec les étapes pour y arriver."),
    ("Quartier politique de la ville", "", "", "Quartier où l’État et les collectivités agissent en priorité pour réduire les inégalités."),
    ("Régie de Quartier", "", "", "Structure qui agit dans un quartier avec ses habitants, pour l’emploi, l’entretien et le lien social."),
    ("Régie de Territoire", "", "", "Structure semblable à une Régie de Quartier, qui agit à l’échelle d’un territoire."),
    ("Réhabilitation", "", "réhabilité, réhabilitée", "Travaux qui remettent un bâtiment ancien en bon état."),
    (
        "RGAA",
        "Référentiel général d’amélioration de l’accessibilité",
        "",
        "Règles françaises pour rendre les sites accessibles à tout le monde.",
    ),
    ("RNA", "répertoire national des associations", "", "Liste officielle des associations déclarées en France."),
    ("Second-œuvre", "", "", "Travaux d’aménagement et de finition d’un bâtiment, faits une fois sa structure construite."),
    ("Secteur marchand", "", "", "Activités dont les biens ou les services sont vendus à un prix qui vise à couvrir leur coût."),
    ("Secteur non marchand", "", "", "Activités dont le but premier n’est pas de vendre au prix du marché."),
    ("Service de proximité", "", "", "Service rendu près de chez les personnes qui en ont besoin."),
    ("Siège social", "", "siège", "Adresse officielle d’une association ou d’une entreprise."),
    ("SIREN", "", "", "Numéro officiel qui identifie une entreprise ou une association en France."),
    ("SMS", "Short Message Service", "", "Message court envoyé d’un téléphone à un autre."),
    ("SVG", "Scalable Vector Graphics", "", "Langage informatique qui décrit des dessins."),
    ("TSA", "tri service arrivée", "", "Code de La Poste pour les organismes qui reçoivent beaucoup de courrier."),
    ("TVA", "taxe sur la valeur ajoutée", "", "Impôt compris dans le prix de la plupart des biens et des services."),
    ("Utilité sociale", "", "", "Qualité d’une activité utile à la collectivité."),
    ("WAI-ARIA", "Accessible Rich Internet Applications", "", "Règles qui aident les lecteurs d’écran à comprendre une page."),
    ("Veille", "", "", "Attention régulière à ce qui se passe, pour repérer tôt les difficultés."),
]

# Words of every day, which may mean something else in an event.
OF_EVERY_DAY = {"Accompagnement", "Charte", "Cookie", "Instances", "Marché", "Siège social", "Veille"}


def get_missing():
    """Returns the starting words that nobody explains."""
    there = {term.lower() for term in GlossaryTerm.objects.values_list("term", flat=True)}
    return [term for term, *_ in TERMS if term.lower() not in there]


def make_glossary(terms=None):
    """Makes the explanations of all starting words, or of some."""
    return [
        saved(
            GlossaryTerm(
                term=term,
                long_form=long_form,
                other_forms=other_forms,
                definition=definition,
                where="lasting" if term in OF_EVERY_DAY else "everywhere",
            )
        )
        for term, long_form, other_forms, definition in TERMS
        if terms is None or term in terms
    ]
