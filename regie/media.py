"""Serves uploads at /media/ wherever no front server does it: the renditions of pictures, and the portraits of staff."""

import posixpath

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.images import get_image_model
from wagtail.models import CollectionViewRestriction

from pages.navigation import restricted

SHOWN_TYPES = {"image/jpeg", "image/png", "image/webp"}
AVATARS = "avatar_images/"  # as Wagtail names the folder
HOUR = 3600


@require_safe
def media(request, path):
    """The rendition or portrait at `path` below MEDIA_ROOT, with headers that keep a file from acting as a page of the site.

    Anything else is refused: originals, documents (Wagtail's own view checks who may read them), and uploads that wait for their
    form. A rendition of a picture in a private collection is for who has access to the admin.
    Only pictures are shown in the browser; anything else is offered as a download.
    """
    path = posixpath.normpath(path).lstrip("/")
    cache = f"public, max-age={HOUR}"
    if "\0" in path:
        raise Http404
    if not path.startswith(AVATARS):
        is_private = restricted(CollectionViewRestriction, "collection", "image__collection__path")
        renditions = get_image_model().get_rendition_model().objects.filter(file=path)
        private = renditions.annotate(is_private=is_private).values_list("is_private", flat=True).first()
        if private is None or (private and not request.user.has_perm("wagtailadmin.access_admin")):
            raise Http404
        if private:
            cache = "private, no-store"
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError as error:  # such as a name that is too long for the file system
        raise Http404 from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = cache
    if response.status_code == 200 and response["Content-Type"] not in SHOWN_TYPES:
        response["Content-Disposition"] = "attachment"
    return response
