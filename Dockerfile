# The site in one image: gunicorn and WhiteNoise. The database and the uploads live in the volume /data.
FROM python:3.13-slim-trixie

# MALLOC_ARENA_MAX: without it, each of a worker's threads keeps memory of its own.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 MALLOC_ARENA_MAX=2
WORKDIR /app

# For copies of the site (docs/backup.md).
RUN useradd --uid 1000 --home-dir /data --no-create-home regie \
    && apt-get update && apt-get install -y --no-install-recommends restic openssh-client postgresql-client && rm -rf /var/lib/apt/lists/*

COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt

COPY . .
# Collecting needs settings, and no secret: this key is never used to serve.
RUN SECRET_KEY=only-to-collect-static-files ALLOWED_HOSTS=localhost python manage.py collectstatic --noinput -v 0 \
    && mkdir -p /data/media && chown -R 1000:1000 /data

USER 1000:1000
VOLUME /data
ENV DATABASE_URL=sqlite:////data/db.sqlite3 MEDIA_ROOT=/data/media BACKUP_ROOT=/data/backups HOST=0.0.0.0 PORT=8000 HOME=/tmp
EXPOSE 8000
CMD ["sh", "-c", "python manage.py migrate --noinput -v 0 && python manage.py seed && exec gunicorn"]
