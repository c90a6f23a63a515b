from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Site"

    def ready(self):
        from .after_migrate import set_up

        post_migrate.connect(set_up, sender=self)
