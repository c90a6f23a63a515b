"""What every database of this site holds after `migrate`: its address, two staff groups, French names.

It runs on each `migrate`. To the two groups it only adds: a right that an administrator gave stays, one that was taken away from
what stands below comes back, and a group that was renamed is made again.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site, Task, Workflow

WRITING = "Rédaction"
PUBLISHING = "Publication"

# Rights by group: on models, on the page tree, on the pictures and documents of the root collection.
MODEL_RIGHTS = {
    WRITING: [
        "access_admin",
        "view_keyfigure",
        "change_keyfigure",
        *(f"{act}_glossaryterm" for act in ("view", "add", "change")),
    ],
    PUBLISHING: [
        "access_admin",
        *(f"{act}_{model}" for model in ("keyfigure", "district", "glossaryterm") for act in ("view", "add", "change", "delete")),
        "view_organisation",
        "change_organisation",
        *(f"{act}_message" for act in ("view", "change", "delete")),
        *(f"{act}_redirect" for act in ("view", "add", "change", "delete")),
    ],
}
PAGE_RIGHTS = {WRITING: ["add_page", "change_page"], PUBLISHING: ["add_page", "change_page", "publish_page", "unlock_page"]}
# On Wagtail's own models, whose rights hold for the site's picture and document models too. Who adds a file may change that one.
FILE_RIGHTS = {WRITING: ["add", "choose"], PUBLISHING: ["add", "choose", "change"]}


def set_up(**kwargs):
    set_up_site()
    set_up_names()
    for old, new in (("Editors", WRITING), ("Moderators", PUBLISHING)):
        set_up_group(old, new)


def set_up_site():
    """Gives Wagtail's site row the address of SITE_URL."""
    address = urlsplit(settings.SITE_URL)
    site = Site.objects.filter(is_default_site=True).first()
    port = address.port or (443 if address.scheme == "https" else 80)
    if site and (site.hostname, site.port) != (address.hostname, port):
        site.hostname, site.port = address.hostname, port
        site.save()


def set_up_names():
    """Translates the names that Wagtail's migrations wrote in English; names that staff gave are left alone."""
    Page.objects.filter(depth=1, title="Root").update(title="Racine", draft_title="Racine")
    Collection.objects.filter(depth=1, name="Root").update(name="Racine")
    for model in (Workflow, Task):
        model.objects.filter(name="Moderators approval").update(name="Relecture par Publication")


def set_up_group(old_name, name):
    if not Group.objects.filter(name=name).exists() and Group.objects.filter(name=old_name).update(name=name):
        # Wagtail lets its editors change and delete everybody's files.
        GroupCollectionPermission.objects.filter(group__name=name).delete()
    group, _ = Group.objects.get_or_create(name=name)
    group.permissions.add(*Permission.objects.filter(codename__in=MODEL_RIGHTS[name]))
    root_page = Page.objects.filter(depth=1).first()
    for right in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS[name]):
        if root_page:
            GroupPagePermission.objects.get_or_create(group=group, page=root_page, permission=right)
    root_collection = Collection.objects.filter(depth=1).first()
    codenames = [f"{act}_{model}" for act in FILE_RIGHTS[name] for model in ("image", "document")]
    for right in Permission.objects.filter(content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=codenames):
        if root_collection:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root_collection, permission=right)
