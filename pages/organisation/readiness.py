"""What is missing of the organisation: before the site may be shown by search engines, and after that."""

from django.utils.functional import cached_property


class ReadinessMixin:
    # Staff are told what is missing: first what visitors look for and the law demands of each site, then the rest.
    BEFORE_OPENING = {
        "phone": "aucun numéro n’est affiché en haut des pages ; la loi en demande un.",
        "email": "aucune adresse e-mail n’est affichée en bas des pages ; la loi en demande une.",
        "address": "les visiteurs ne savent pas où venir ; la loi demande celle du siège.",
        "opening_hours": "les visiteurs ne savent pas quand venir ou appeler.",
        "publication_director": "ce nom manque aux mentions légales.",
        "host": "son nom, son adresse et son téléphone manquent aux mentions légales.",
    }
    TO_COMPLETE = {
        "siren": "il manque aux mentions légales.",
        "vat_number": "il manque aux mentions légales.",
        "hosting_country": "la page « Données personnelles » n’en dit rien.",
        "statement_date": "la déclaration d’accessibilité n’a pas de date.",
    }

    @cached_property
    def has_recipient(self) -> bool:
        """True if somebody is told of messages. `get()` reads it with the organisation."""
        return self.recipients.exists()

    def get_missing_to_open(self) -> list[str]:
        """Returns what is missing before search engines may show the site: the law demands it (LCEN, articles 1-1 and 19), or visitors do."""
        needed = {
            "un téléphone ou une adresse e-mail": self.phone or self.email,
            "la directrice ou le directeur de la publication": self.publication_director,
            "l’hébergeur": self.host,
            "une personne qui reçoit les messages": self.has_recipient,
        }
        return [name for name, value in needed.items() if not value]

    @property
    def is_ready(self) -> bool:
        return not self.get_missing_to_open()

    def get_missing(self) -> dict[str, str]:
        """Returns the fields that staff are asked for, with the effect on visitors while they are empty."""
        missing = {name: effect for name, effect in self.TO_COMPLETE.items() if not getattr(self, name)}
        if self.host and len(self.host.split("\n")) < 3:  # some hosts have a number of four digits only
            missing["host"] = "la loi demande son nom, son adresse et son téléphone, un par ligne."
        if self.hosted_outside_europe and not self.transfer_safeguards:
            missing["transfer_safeguards"] = (
                "le site est hébergé hors d’Europe : écrivez ce qui y protège les données. L’hébergeur le sait."
            )
        if self.article_47 and not self.accessibility_plan:
            missing["accessibility_plan"] = "l’article 47 demande de publier ce plan."
        if self.audit_rate is not None:
            missing |= {
                name: "la déclaration d’accessibilité doit le dire." for name in ("test_tools", "pages_tested") if not getattr(self, name)
            }
        return missing
