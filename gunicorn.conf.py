"""gunicorn's settings; it reads this file by itself when started in this folder."""

import os

wsgi_app = "regie.wsgi"
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 2
# Loading before forking makes a refused environment end the server with its one line, instead of restarting workers for ever.
preload_app = True
control_socket_disable = True
secure_scheme_headers = {}  # BEHIND_PROXY decides whether the front server's headers about HTTPS are trusted
timeout = 30  # seconds
graceful_timeout = 10  # seconds
