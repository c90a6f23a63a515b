from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Site"

    def ready(self):
        from . import after_migrate, redirects, search_index

        post_migrate.connect(after_migrate.set_up, sender=self)
        post_migrate.connect(search_index.rebuild, sender=self)
        search_index.connect()
        redirects.connect()
