"""« Travailler à la Régie ». How one is hired, and who may send people, is not in the source: those fields stay empty for staff to fill."""

from ..models import EmploymentWay, JobsPage
from .building import call, in_order, paragraph, published, question

NO_OFFER = (
    "Vous pouvez demander un travail dès maintenant. Laissez votre numéro : la Régie lit chaque demande. Les offres paraissent aussi ici."
)
# Arrêté du 1er septembre 2021, annexe 2, as the platform « Les emplois de l’inclusion » lists it; for an ACI and an EI.
SITUATIONS = (
    "<p>Seuls une conseillère, un conseiller ou la Régie peuvent le dire. Vous ne vous retrouvez pas ici ? <b>Demandez quand même.</b></p>"
    "<p><b>Une seule de ces situations peut suffire :</b></p>"
    "<ul><li>toucher le revenu de solidarité active (RSA) ;</li>"
    "<li>toucher l’allocation de solidarité spécifique (ASS) ;</li>"
    "<li>toucher l’allocation aux adultes handicapés (AAH) ;</li>"
    "<li>être inscrite ou inscrit à France Travail depuis deux ans ou plus.</li></ul>"
    "<p><b>Ou trois de celles-ci, ensemble :</b></p>"
    "<ul><li>être inscrite ou inscrit à France Travail depuis un an à deux ans ;</li>"
    "<li>avoir moins de 26 ans, ou plus de 50 ans ;</li>"
    "<li>avoir arrêté l’école au niveau du certificat d’aptitude professionnelle (CAP) ou du brevet d’études professionnelles (BEP), ou avant ;</li>"
    "<li>parler peu le français (moins que le premier niveau, A1) ;</li>"
    "<li>élever seule ou seul un enfant ;</li>"
    "<li>ne pas avoir de logement, être hébergé par quelqu’un, ou avoir vécu dans la rue ;</li>"
    "<li>habiter dans un quartier prioritaire de la politique de la ville (QPV) ;</li>"
    "<li>habiter dans une zone rurale que l’État aide (France ruralités revitalisation) ;</li>"
    "<li>avoir du mal à se déplacer ;</li>"
    "<li>avoir la reconnaissance de la qualité de travailleur handicapé (RQTH) ;</li>"
    "<li>avoir quitté l’aide sociale à l’enfance (ASE) ;</li>"
    "<li>avoir le statut de réfugié, une protection temporaire ou subsidiaire, ou demander l’asile ;</li>"
    "<li>sortir de prison, ou être suivi par la justice.</li></ul>"
    '<p><a href="https://www.legifrance.gouv.fr/eli/arrete/2021/9/1/MTRD2124285A/jo/texte">Liste de l’État, lue le 21 août 2026 (autre site)</a></p>'
)


def make_jobs_page(home):
    return published(
        home,
        JobsPage,
        title="Travailler à la Régie",
        slug="travailler-a-la-regie",
        search_description="Vous cherchez un travail à Belfort ? Découvrez qui la Régie des Quartiers peut accueillir, et comment elle forme et accompagne les personnes.",
        introduction="La Régie peut accueillir des personnes qui cherchent un travail. Elle forme et accompagne les personnes qu’elle emploie.",
        ways_heading="Qui peut travailler à la Régie ?",
        ways_text="À la Régie, on avance vers l’emploi en travaillant. C’est l’insertion par l’activité économique (IAE). Il y a deux voies.",
        ways=in_order(
            EmploymentWay(
                title="Reprendre le travail",
                text=paragraph(
                    "L’Atelier Chantier d’Insertion (ACI) accueille des femmes et des hommes pour qui trouver un emploi est très difficile.",
                    "On y reprend le travail avec des activités utiles à tout le monde, dites « d’utilité sociale ».",
                ),
                drawing="broom",
            ),
            EmploymentWay(
                title="Apprendre un métier du bâtiment",
                text=paragraph(
                    "L’Entreprise d’Insertion (EI) accueille des personnes qui ont déjà un peu de savoir-faire, ou un projet clair, dans le second-œuvre.",
                    "Le second-œuvre, ce sont les travaux qui aménagent et finissent un bâtiment. L’EI aide à se qualifier : on y apprend un métier.",
                ),
                drawing="toolbox",
            ),
        ),
        situations=SITUATIONS,
        counsellors=paragraph(
            "Vous accompagnez une personne qui cherche un travail ? Appelez la Régie, ou écrivez-lui avec le formulaire de cette page.",
            "La Régie a deux agréments : Atelier Chantier d’Insertion (ACI) et Entreprise d’Insertion (EI).",
        ),
        body=[
            question(
                "Une candidature, un CV, un stage ?",
                "Pour postuler ou demander un stage, écrivez à la Régie. Dites quel travail vous cherchez et comment vous répondre.",
                "Le CV n’est pas obligatoire pour écrire.",
            ),
            question(
                "Une formation, des cours de français ?",
                "Vous cherchez une formation ? La Régie construit des formations pour chaque personne, avec des organismes locaux.",
                "Les cours de langue servent à apprendre une langue, ou à mieux la parler.",
                "Les formations qualifiantes servent à apprendre un métier.",
                "Tout le personnel apprend à mieux connaître la santé, la sécurité et le droit du travail.",
                "Vous voulez des cours de français ? Ou des cours d’alphabétisation, pour apprendre à lire et à écrire ? "
                "Posez votre question à la Régie.",
            ),
            question(
                "Quel accompagnement ?",
                "La Régie accompagne chaque personne. Beaucoup d’organismes extérieurs y participent.",
                "Le but : chercher des solutions à ce qui empêche de trouver un emploi. La Régie aide aussi à préparer un projet professionnel.",
            ),
            question(
                "Dans quelles conditions ?",
                "La Régie s’appuie sur des conditions de travail décentes, c’est-à-dire correctes. Elle mène aussi une politique de formation.",
                "Une question sur le contrat, le salaire ou les horaires ? Posez-la à la Régie.",
            ),
            question(
                "Participer aux décisions",
                "Travailler à la Régie, c’est déjà y participer. Les habitantes et habitants peuvent aussi prendre des responsabilités "
                "dans l’association, là où l’on décide.",
            ),
        ],
        no_offer=NO_OFFER,
    )


def link_jobs_page(page, neighbourhood):
    """Adds the link to a page that comes later in the tree."""
    page.body.append(call("Participer à la vie de quartier", neighbourhood))
    page.save_revision(log_action=True).publish()
