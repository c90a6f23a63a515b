"""Serves uploads at /media/ wherever no front server does it: the renditions of pictures, and the portraits of staff."""

import posixpath

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.images import get_image_model

SHOWN_TYPES = {"image/jpeg", "image/png", "image/webp"}
AVATARS = "avatar_images/"  # as Wagtail names the folder
HOUR = 3600


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """The rendition at `path` below MEDIA_ROOT, with headers that keep a file from acting as a page of the site.

    Renditions of pictures that visitors must not see, and portraits of staff, are for who has access to the admin. Anything else is
    refused: originals, documents (Wagtail's own view checks who may read them), and uploads that wait for their form.
    Only pictures are shown in the browser; anything else is offered as a download.
    """
    path = posixpath.normpath(path).lstrip("/")
    if "\0" in path:
        raise Http404
    is_public = is_public_rendition(path)
    is_for_staff = is_public is False or path.startswith(AVATARS)
    if not is_public and not (is_for_staff and request.user.has_perm("wagtailadmin.access_admin")):
        raise Http404
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError as error:  # such as a name that is too long for the file system
        raise Http404 from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"public, max-age={HOUR}, s-maxage=1" if is_public else "private, no-store"
    if response.status_code == 200 and response["Content-Type"] not in SHOWN_TYPES:
        response["Content-Disposition"] = "attachment"
    return response


def is_public_rendition(path: str) -> bool | None:
    """Whether anybody may see the rendition at `path`; None if there is no rendition."""
    is_private = get_image_model().objects.filter(renditions__file=path).values_list("is_private", flat=True).first()
    return None if is_private is None else not is_private
