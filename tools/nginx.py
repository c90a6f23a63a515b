"""deploy/nginx.conf for a server of nginx in a folder, beside others on this machine: for tests and `make bench`."""

import getpass
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


def get_configuration(folder: Path, ports_of_site: list[int], port: int, secure_port: int | None = None) -> str:
    """Returns a whole configuration, in which only places and ports differ from the file. Without a port for HTTPS, HTTP is not redirected to it."""
    changes = {
        "    listen [::]:80 default_server;\n": "",
        "    listen [::]:443 ssl default_server;\n": "",
        "    http2 on;\n": "",  # Debian 12's nginx knows the older way only
        "listen 80 default_server;": f"listen 127.0.0.1:{port} default_server; location = /static.html {{ root {folder}; }}",
        "server unix:/run/regie/gunicorn.sock;": " ".join(f"server 127.0.0.1:{each};" for each in ports_of_site),
        "/var/cache/nginx/regie": f"{folder}/cache",
        "/var/log/regie": str(folder),
        "/var/lib/regie": str(folder),
        "root /srv/regie/var;": f"root {ROOT}/var;",
        "root /srv/regie;": f"root {folder};",
        "from=/srv/regie/media": f"from={folder}/media",
        "/srv/regie/deploy": f"{ROOT}/deploy",
    }
    if secure_port:
        changes["listen 443 ssl"] = f"listen 127.0.0.1:{secure_port} ssl http2"
    else:
        changes |= {
            "    listen 443 ssl default_server;\n": "",
            '    "~^http " 1;\n': "",
            "    default $scheme;": "    default https;",
        }
    if not BROTLI.exists():
        changes["        brotli_static on;\n"] = ""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    if not secure_port:
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("    ssl_"))
    for old, new in changes.items():
        if old not in text:
            sys.exit(f"deploy/nginx.conf has no {old!r} any more.")
        text = text.replace(old, new)
    module = f"load_module {BROTLI};" if BROTLI.exists() else ""
    return f"""{module} user {getpass.getuser()}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
        events {{ worker_connections 4096; }} http {{ include /etc/nginx/mime.types; keepalive_requests 1000000; {text} }}"""
