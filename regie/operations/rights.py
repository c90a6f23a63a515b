"""Sets up the site's address, two staff groups, French names and the search index in the database, after each `migrate`.

It only adds permissions: one that an administrator gave stays, one of those below that was removed is added again, and a group that
was renamed is created again.
"""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.utils import translation
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Task, Workflow

from pages.models import SitePage
from pages.page.addresses import set_up_site

from .checks import find_missing_migrations

WRITING = "Rédaction"
PUBLISHING = "Publication"
ALL_ACTS = ("view", "add", "change", "delete")
# Rights by group: on models, on the page tree, on the pictures and documents of the root collection.
MODEL_RIGHTS = {
    WRITING: [
        "access_admin",
        "view_keyfigure",
        "change_keyfigure",
        *(f"{act}_{model}" for model in ("glossaryterm", "searchword") for act in ("view", "add", "change")),
    ],
    PUBLISHING: [
        "access_admin",
        *(f"{act}_{model}" for model in ("district", "glossaryterm", "keyfigure", "redirect", "searchword") for act in ALL_ACTS),
        "view_organisation",
        "change_organisation",
        *(f"{act}_message" for act in ("view", "change", "delete")),
    ],
}
PAGE_RIGHTS = {WRITING: ["add", "change"], PUBLISHING: ["add", "change", "publish", "unlock"]}
# On Wagtail's own models: these permissions apply to the site's picture and document models. Users may change files that they added.
FILE_RIGHTS = {WRITING: ["add", "choose"], PUBLISHING: ["add", "choose", "change"]}


def set_up(**kwargs) -> None:
    if find_missing_migrations():
        return  # the models have columns that the database does not have: `migrate pages 0003` leaves some out
    set_up_site()
    set_up_names()
    for old, new in (("Editors", WRITING), ("Moderators", PUBLISHING)):
        set_up_group(old, new)


def reindex(plan: Iterable = (), **kwargs) -> None:
    """Updates the whole search index after migrations of our own: they may have changed what is searched, and how."""
    if any(migration.app_label == "pages" for migration, _ in plan) and not find_missing_migrations():
        with translation.override(settings.LANGUAGE_CODE):  # `migrate` speaks English
            call_command("update_index", verbosity=0)


def set_up_names() -> None:
    """Translates the names that Wagtail's migrations wrote in English; names that staff gave are left alone."""
    SitePage.objects.filter(depth=1, title="Root").update(title="Racine", draft_title="Racine")
    Collection.objects.filter(depth=1, name="Root").update(name="Racine")
    for model in (Workflow, Task):
        model.objects.filter(name="Moderators approval").update(name="Relecture par Publication")


def set_up_group(old_name: str, name: str) -> None:
    if not Group.objects.filter(name=name).exists() and Group.objects.filter(name=old_name).update(name=name):
        # Wagtail lets its editors change and delete everybody's files.
        GroupCollectionPermission.objects.filter(group__name=name).delete()
    group, _ = Group.objects.get_or_create(name=name)
    group.permissions.add(*Permission.objects.filter(codename__in=MODEL_RIGHTS[name]))
    root_page = SitePage.objects.filter(depth=1).first()
    codenames = [f"{action}_sitepage" for action in PAGE_RIGHTS[name]]
    for right in Permission.objects.filter(content_type__app_label="pages", codename__in=codenames):
        if root_page:
            GroupPagePermission.objects.get_or_create(group=group, page=root_page, permission=right)
    root_collection = Collection.objects.filter(depth=1).first()
    codenames = [f"{act}_{model}" for act in FILE_RIGHTS[name] for model in ("image", "document")]
    for right in Permission.objects.filter(content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=codenames):
        if root_collection:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root_collection, permission=right)
