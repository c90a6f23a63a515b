"""Fields of the base page model that refer to tables of Wagtail, as its documentation on custom base page models describes."""

from django.db import migrations
from wagtail.models import BootstrapLocaleField, BootstrapTranslatableModel, BootstrapTranslationKeyField


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        BootstrapLocaleField('pages.SitePage'),
        BootstrapTranslationKeyField('pages.SitePage'),
        BootstrapTranslatableModel('pages.SitePage'),
    ]
