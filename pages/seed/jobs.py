"""« Travailler à la Régie ». How one is hired is not in the source: that field stays empty for staff to fill."""

from ..models import EmploymentWay, JobsPage
from .building import call, heading, in_order, published, section, text


def make_jobs_page(home):
    return published(
        home,
        JobsPage,
        title="Travailler à la Régie",
        slug="travailler-a-la-regie",
        search_description="Vous cherchez un travail à Belfort ? Découvrez qui la Régie des Quartiers peut accueillir, et comment elle vous forme et vous accompagne.",
        introduction="La Régie peut vous accueillir pour un travail, avec des formations et un accompagnement personnel.",
        ways_heading="Qui peut travailler à la Régie ?",
        ways_text="La Régie fait de l’insertion par l’activité économique (IAE) : vous avancez vers l’emploi en travaillant. Elle est conventionnée à deux titres. Deux situations sont donc possibles.",
        ways=in_order(
            EmploymentWay(
                title="Vous avez beaucoup de mal à trouver un travail",
                text="<p>L’Atelier Chantier d’Insertion (ACI) accueille des femmes et des hommes très éloignés de l’emploi. Vous reprenez le travail avec des activités dites d’utilité sociale, c’est-à-dire utiles à la collectivité.</p>",
                drawing="broom",
            ),
            EmploymentWay(
                title="Vous avez déjà des bases ou un projet",
                text="<p>L’Entreprise d’Insertion (EI) accueille des personnes qui ont déjà un minimum de compétences, ou un projet clair. Ce projet concerne le second-œuvre du bâtiment : les travaux d’aménagement et de finition. L’EI vous aide à gagner en qualification.</p>",
                drawing="toolbox",
            ),
        ),
        body=[
            heading("Comment se former ?"),
            text(
                "<p>Les formations sont construites pour chaque personne, avec des organismes locaux.</p>"
                + "<ul><li>Les apprentissages linguistiques servent à apprendre une langue ou à mieux la maîtriser.</li>"
                "<li>Les formations qualifiantes donnent ou font reconnaître des compétences utiles à un métier.</li>"
                "<li>Tout le personnel est sensibilisé à la santé, à la sécurité et au droit dans le travail.</li></ul>"
            ),
            *section(
                "Quel accompagnement ?",
                "Vous recevez un accompagnement personnel. Avec de nombreux organismes extérieurs, la Régie cherche à lever ce qui vous empêche de trouver un emploi. Elle vous aide aussi à construire votre projet professionnel.",
            ),
            *section(
                "Dans quelles conditions ?",
                "La Régie fonde l’insertion sur des conditions de travail décentes. Elle mène aussi une politique de formation.",
            ),
            *section(
                "Prendre sa place",
                "Travailler à la Régie, c’est déjà y participer. Les habitantes et habitants peuvent aussi prendre des responsabilités dans les instances de l’association. Une instance est un groupe ou une réunion où se prennent les décisions.",
            ),
        ],
        no_offer="Aucune offre n’est publiée pour le moment. Vous pouvez écrire à la Régie avec le formulaire de contact.",
    )


def link_jobs_page(page, neighbourhood):
    """Adds the link to a page that comes later in the tree."""
    page.body.append(call("Participer à la vie de quartier", neighbourhood))
    page.save_revision(log_action=True).publish()
