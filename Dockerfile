# Two images: `site` (gunicorn; the default) and `front` (nginx, with the static files of the same release). compose.yaml runs both.
FROM python:3.13-slim-trixie AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/regie
# For copies of the site: Debian's package would bring 50 MB of Perl.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client
COPY requirements.txt .
RUN python -m venv --without-pip /opt/venv && pip --python /opt/venv/bin/python install --require-hashes -r requirements.txt
COPY . .
# Collecting needs settings, and no secret: this key is never used to serve. Then what serving does not need:
# the packages' own tests, the words of languages that nobody reads here, and what is known of Amazon's other services.
RUN SECRET_KEY=only-to-collect-static-files ALLOWED_HOSTS=localhost /opt/venv/bin/python manage.py collectstatic --noinput -v 0 \
    && /opt/venv/bin/python -m compileall -q pages regie gunicorn.conf.py \
    && find /opt/venv -depth -type d \( -name tests -o -path '*/wagtail/test' \
        -o -name LC_MESSAGES ! -path '*/fr/*' ! -path '*/en/*' \
        -o -path '*/botocore/data/*' ! -path '*/data/s3' ! -path '*/data/s3/*' \) -exec rm -r {} +


FROM debian:trixie-slim AS front

# Logs are in a volume, as those of errors have addresses of visitors. Each silent visitor takes a connection for ten seconds.
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light libnginx-mod-http-brotli-static dehydrated openssl curl ca-certificates \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled/default && ln -sf /var/log/regie/error.log /var/log/nginx/error.log && ln -sf /dev/null /var/log/nginx/access.log \
    && sed -i 's/worker_connections .*/worker_connections 4096;/' /etc/nginx/nginx.conf \
    && echo 'worker_rlimit_nofile 8192;' > /etc/nginx/modules-enabled/99-regie.conf
WORKDIR /srv/regie
COPY --from=build /srv/regie/var/static var/static
COPY deploy deploy
COPY deploy/nginx.conf /etc/nginx/conf.d/regie.conf
# Whoever mounts an empty volume first or last gives it the owner of its folder: that of uploads is the site.
RUN mkdir -p /var/log/regie /var/lib/regie && install -d -o 10001 -g 10001 media
EXPOSE 80 443
CMD ["deploy/front"]


FROM python:3.13-slim-trixie AS site

# restic and its friends are for copies of the site (docs/backup.md).
RUN useradd --uid 10001 --home-dir /data --no-create-home regie && install -d -o 10001 -g 10001 /data /data/media /run/regie \
    && apt-get update && apt-get install -y --no-install-recommends restic openssh-client libpq5 libreadline8t64 \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/lib/postgresql/17/bin/pg_dump /usr/lib/postgresql/17/bin/pg_restore /usr/lib/postgresql/17/bin/psql /usr/local/bin/
WORKDIR /srv/regie
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/regie .

# MALLOC_ARENA_MAX: without it, each of a worker's threads keeps memory of its own.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 HOME=/tmp HOST=0.0.0.0 PORT=8000 \
    DATABASE_URL=sqlite:////data/db.sqlite3 MEDIA_ROOT=/data/media BACKUP_ROOT=/data/backups
USER 10001:10001
# Nothing else is written, but for /tmp: docker run --read-only --tmpfs /tmp. Alone it is for trying: in production, nginx is before it.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --start-period=90s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/-/ready', timeout=4)"]
CMD ["sh", "-c", "python manage.py migrate --noinput -v 0 && python manage.py seed && exec gunicorn"]
