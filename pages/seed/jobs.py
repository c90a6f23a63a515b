"""« Travailler à la Régie ». How one is hired is not in the source: that field stays empty for staff to fill."""

from ..models import EmploymentWay, JobsPage
from .building import call, heading, in_order, paragraph, published, section, text

NO_OFFER = "Aucune offre n’est publiée ici pour le moment. Vous pouvez quand même écrire à la Régie."


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
        body=[
            *section(
                "Une candidature, un CV, un stage ?",
                "Pour postuler ou demander un stage, écrivez à la Régie. Dites quel travail vous cherchez et comment vous répondre. "
                "Le CV n’est pas obligatoire pour écrire.",
            ),
            heading("Comment se former ?"),
            text(
                "<p>La Régie construit des formations pour chaque personne, avec des organismes locaux.</p>"
                "<ul><li>Les cours de langue servent à apprendre une langue, ou à mieux la parler.</li>"
                "<li>Les formations qualifiantes servent à apprendre un métier.</li>"
                "<li>Tout le personnel apprend à mieux connaître la santé, la sécurité et le droit du travail.</li></ul>"
                "<p>Vous cherchez des cours de français ? Ou des cours d’alphabétisation, pour apprendre à lire et à écrire ? "
                "Posez votre question à la Régie.</p>"
            ),
            *section(
                "Quel accompagnement ?",
                "La Régie accompagne chaque personne. Beaucoup d’organismes extérieurs y participent. "
                "Le but : chercher des solutions à ce qui empêche de trouver un emploi. La Régie aide aussi à préparer un projet professionnel.",
            ),
            *section(
                "Dans quelles conditions ?",
                "La Régie s’appuie sur des conditions de travail décentes, c’est-à-dire correctes. Elle mène aussi une politique de formation. "
                "Une question sur le contrat, le salaire ou les horaires ? Posez-la à la Régie.",
            ),
            *section(
                "Participer aux décisions",
                "Travailler à la Régie, c’est déjà y participer. Les habitantes et habitants peuvent aussi prendre des responsabilités "
                "dans l’association, là où l’on décide.",
            ),
        ],
        no_offer=NO_OFFER,
    )


def link_jobs_page(page, neighbourhood, contact):
    """Adds the links to pages that come later in the tree, each after the text of its section."""
    page.body.append(call("Participer à la vie de quartier", neighbourhood))
    for place, label in ((4, "Poser une question sur les cours"), (2, "Écrire pour un emploi ou un stage")):
        page.body.insert(place, call(label, contact, "emploi"))
    page.save_revision(log_action=True).publish()
