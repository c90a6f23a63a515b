"""Serves uploads at /media/ wherever no front server does it."""

import posixpath

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe
from django.views.static import serve

SHOWN_TYPES = {"image/jpeg", "image/png", "image/webp"}
WEEK = 7 * 24 * 3600


@require_safe
def media(request, path):
    """The uploaded file at `path` below MEDIA_ROOT, with headers that keep it from acting as a page of the site.

    Documents are refused: they go through Wagtail's own view, which checks who may read them.
    Only pictures are shown in the browser; anything else is offered as a download.
    """
    path = posixpath.normpath(path).lstrip("/")
    if "\0" in path or path.lower().startswith("documents/") or any(part.startswith(".") for part in path.split("/")):
        raise Http404
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError as error:  # such as a name that is too long for the file system
        raise Http404 from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"public, max-age={WEEK}"
    if response.status_code == 200 and response["Content-Type"] not in SHOWN_TYPES:
        response["Content-Disposition"] = "attachment"
    return response
