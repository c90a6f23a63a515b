from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, pre_migrate


class RegieConfig(AppConfig):
    name = "regie"

    def ready(self) -> None:
        from pages.contact.models import Message

        from .operations import erasures, rights
        from .serving import triggers

        pre_migrate.connect(triggers.drop_triggers, sender=self)
        post_migrate.connect(triggers.create_triggers, sender=self)
        post_migrate.connect(rights.set_up, sender=self)
        post_migrate.connect(rights.reindex, sender=self)
        post_delete.connect(erasures.note_erasure, sender=Message)
