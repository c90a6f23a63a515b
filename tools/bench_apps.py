"""WSGI applications with which `make bench` compares the site, each served by gunicorn with the settings of the site."""

import itertools
import json
import os
from pathlib import Path

# What the template of a new Wagtail project does.
PLAIN = """{% load static wagtailcore_tags wagtailuserbar %}{% wagtail_site as site %}<!doctype html>
<html lang="fr"><head><title>{{ page.seo_title|default:page.title }} {{ site.site_name }}</title>
{% if page.search_description %}<meta name="description" content="{{ page.search_description }}">{% endif %}
<link rel="stylesheet" href="{% static 'css/site.css' %}"></head>
<body>{% wagtailuserbar %}<h1>{{ page.title }}</h1></body></html>"""


def make_smallest():
    """The smallest program that answers with the bytes and headers of one answer, which BENCH_ANSWER names."""
    answer = json.loads(Path(os.environ["BENCH_ANSWER"]).read_text())
    headers = [tuple(pair) for pair in answer["headers"]]
    body = [answer["body"].encode("latin-1")]

    def smallest(environ, start_response):
        start_response("200 OK", headers)
        return body

    return smallest


def make_uncached():
    """Django alone. Free pages have the template of a new Wagtail project."""
    from regie.wsgi import django_application  # isort: skip
    from django.template import engines

    from pages.free.models import StandardPage

    StandardPage.get_template = lambda *args: engines["django"].from_string(PLAIN)
    return django_application


def make_rendering(states):
    """Django as the page cache calls it, each time in the next of the `states`."""
    from regie.wsgi import django_application  # isort: skip
    from pages.page.sharing import render_for_all
    from regie.serving.state import current

    def render(environ, start_response):
        current.state = next(states)
        with render_for_all():
            return django_application(environ, start_response)

    return render


def make_first():
    """Each page is the first one of a state of the site."""
    return make_rendering(itertools.count())


def make_later():
    """What all pages show is made already."""
    return make_rendering(itertools.repeat(0))
