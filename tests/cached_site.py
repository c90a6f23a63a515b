"""The site behind its page cache, as a visitor reaches it, within the process of the test."""

import threading
from io import BytesIO
from math import inf

from django.contrib.sessions.backends.db import SessionStore
from django.core.wsgi import get_wsgi_application

from regie.serving.page_cache import PageCache


class Answered:
    def __init__(self, status, headers, content):
        self.status, self.headers, self.content = int(status[:3]), {name.lower(): value for name, value in headers}, content

    def __repr__(self):
        return f"{self.status} {self.headers}"


def make_environ(address, method="GET", **headers):
    path, _, query = address.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "SCRIPT_NAME": headers.pop("script_name", ""),
    } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}


class CachedSite:
    """The cache around Django. `rendered` are the addresses for which Django was asked."""

    def __init__(self, application=None):
        self.rendered = []
        self.django = application or get_wsgi_application()
        self.cache = PageCache(self.render)
        self.read_state()

    def render(self, environ, start_response):
        self.rendered.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".rstrip("?"))
        return self.django(environ, start_response)

    def read_state(self):
        """As if the state were read now, and had not to be read again: tests say when it is."""
        self.cache.reader.update()
        for thread in threading.enumerate():
            if "delete_misplaced" in thread.name:
                thread.join()
        self.cache.reader.read_at = self.cache.reader.retry_at = inf

    def get(self, address, method="GET", **headers):
        return self.ask(self.cache, address, method, **headers)

    def get_anew(self, address, **headers):
        """The answer without the cache."""
        return self.ask(self.django, address, **headers)

    @staticmethod
    def ask(application, address, method="GET", **headers):
        started = []
        response = application(make_environ(address, method, **headers), lambda *arguments: started.append(arguments))
        content = b"".join(response)
        getattr(response, "close", lambda: None)()
        return Answered(*started[-1][:2], content)


def make_session():
    """The key of a session that exists."""
    session = SessionStore()
    session["one"] = 1
    session.create()
    return session.session_key
