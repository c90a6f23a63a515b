"""Serves uploads wherever no front server does it: the sizes of pictures at /media/, and documents; refuses a large body to visitors.

A large body is refused before anything reads it: Django writes uploads of any size to the disk.
"""

import posixpath
from collections.abc import Callable
from contextlib import suppress

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model
from wagtail.documents.views.serve import serve as serve_document

from pages.media.models import PRIVATE_FOLDER
from pages.models import Rendition

from .headers import PRIVATE

SHOWN_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
PUBLIC_FOLDER = "images/"  # Wagtail's folder for renditions
HOUR = 3600
SHARED = f"public, max-age={HOUR}, s-maxage=1"
POLICY = "default-src 'none'; sandbox"  # With it, a file cannot act as a page of the site.


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answers with the rendition at `path` below MEDIA_ROOT, or in the bucket.

    Renditions of pictures that visitors must not see are for users with access to the admin. Anything else is refused: originals, documents,
    and uploads that wait for their form. Only pictures are shown in the browser; anything else is offered as a download.
    """
    path = posixpath.normpath(path).lstrip("/")
    is_public = path.startswith(PUBLIC_FOLDER)
    is_for_staff = path.startswith(PRIVATE_FOLDER) and request.user.has_perm("wagtailadmin.access_admin")
    if "\0" in path or not (is_public or is_for_staff):
        raise Http404
    try:
        response = serve_again(request, path)
    except OSError as error:  # such as a name that is too long for the file system
        raise Http404 from error
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = SHARED if is_public else PRIVATE
    if is_public:
        response["Cross-Origin-Resource-Policy"] = "cross-origin"  # readers of feeds show the pictures of news
    return response


def serve_again(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serves a file; one that was lost is made again, as a copy of the site may lack it."""
    try:
        return serve(request, path)
    except FileNotFoundError:
        if request.META.get("regie.is_away") or not Rendition.remake(path):
            raise
        return serve(request, path)


def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serves a file of the storage, or 304. Raises OSError."""
    content_type = SHOWN_TYPES.get(posixpath.splitext(path)[1].lower())
    file = default_storage.open(path)
    changed_at = int(default_storage.get_modified_time(path).timestamp())
    response = FileResponse(file, as_attachment=not content_type, content_type=content_type or "application/octet-stream")
    response["Last-Modified"] = http_date(changed_at)
    return get_conditional_response(request, last_modified=changed_at, response=response)


@require_safe
def document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """Answers with a document as a download, by Wagtail's view, which checks who may read it."""
    response = serve_document(request, document_id, document_filename)
    is_private = get_document_model().objects.filter(pk=document_id, is_private=True).exists()
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = PRIVATE if is_private else SHARED
    if response.get("Content-Encoding") == "None":  # Wagtail writes Python's None
        del response["Content-Encoding"]
    return response


MAX_ANONYMOUS_BODY = 128 * 1024  # bytes; deploy/nginx.conf has the same limit, and allows more below /admin/ to everybody


def get_body_size(request: HttpRequest) -> int:
    """Returns the size in bytes that the request declares; 0 where it declares none, as Django then reads nothing."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


class BodyLimitMiddleware:
    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if get_body_size(request) <= MAX_ANONYMOUS_BODY:
            return self.get_response(request)
        response = render(request, "413.html", status=413) if request.user.is_anonymous else self.get_response(request)
        with suppress(OSError):  # the visitor has gone
            while request.read(64 * 1024):  # gunicorn resets a connection with an unread body: nginx would say that the site is away
                pass
        return response
