"""gunicorn's settings; it reads this file by itself when started in this folder."""

import gc
import os

from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.wsgi import Response

from regie.environment import read_env_file
from regie.serving.logs import JsonFormatter

read_env_file()


class JsonLogger(Logger):
    """Writes gunicorn's own lines like those of the site."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())


wsgi_app = "regie.wsgi"
bind = [f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"]
if path := os.environ.get("SOCKET"):
    bind.append(f"unix:{path}")
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, cores))
worker_class = "gthread"
threads = 16  # a slow visitor holds one until the answer is read: nginx, which is always in front in production, takes that over
# Loading before forking makes a refused environment end the server with its one line, instead of restarting workers for ever.
preload_app = True
control_socket_disable = True
logger_class = JsonLogger
secure_scheme_headers = {}  # BEHIND_PROXY decides whether the front server's headers about HTTPS are trusted
forwarder_headers = ""  # by default, a visitor's header SCRIPT_NAME would come before all addresses of the page
timeout = 30  # seconds
graceful_timeout = 10  # seconds
keepalive = 10  # seconds

default_headers = Response.default_headers
# Without the header Server: gunicorn has no setting for it.
Response.default_headers = lambda response: [line for line in default_headers(response) if not line.startswith("Server:")]


def when_ready(server) -> None:
    """Freezes the objects that were loaded before workers are forked, so that garbage collection does not touch the memory that they share."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker) -> None:
    """Reads the state of the site before the first request of a worker: if the database goes away now, it sends what others rendered."""
    from regie.wsgi import page_cache

    page_cache.reader.get()
