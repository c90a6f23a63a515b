"""Django settings. Nearly all environment variables are read here, at the head; `site.env.example` describes all.

They may stand in a file that ENV_FILE names. Production is the default: nothing is relaxed unless a variable says so.
"""

import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from .environment import read_env_file

read_env_file()
BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str) -> bool:
    """Returns True if the environment switches `name` on: "1" is on; "0", empty or missing is off; anything else stops the program."""
    value = os.environ.get(name, "0") or "0"
    if value not in {"0", "1"}:
        sys.exit(f"{name} must be 0 or 1, not {value!r}. See site.env.example.")
    return value == "1"


SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")
DATABASE_URL = os.environ.get("DATABASE_URL", "") or f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", "") or BASE_DIR / "media")
S3_BUCKET = os.environ.get("S3_BUCKET", "")
S3_ENDPOINT = os.environ.get("S3_ENDPOINT", "")
BACKUP_ROOT = Path(os.environ.get("BACKUP_ROOT", "") or BASE_DIR / "var" / "backups")
BACKUP_TO = os.environ.get("BACKUP_TO", "")
BACKUP_KEY = os.environ.get("BACKUP_KEY", "")
DEBUG = flag("DEBUG")
PLAIN_HTTP = flag("PLAIN_HTTP")
BEHIND_PROXY = flag("BEHIND_PROXY")
STATIC_FROM_SOURCE = flag("STATIC_FROM_SOURCE")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = os.environ.get("EMAIL_PORT", "") or "587"
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_SECURITY = os.environ.get("EMAIL_SECURITY", "") or "starttls"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "")
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = flag("HSTS_PRELOAD")
REQUIRE_SECOND_FACTOR = flag("REQUIRE_SECOND_FACTOR")

if not SECRET_KEY:
    sys.exit("SECRET_KEY is not set: put a long random value (50 characters or more) in the environment. See site.env.example.")
if not ALLOWED_HOSTS:
    sys.exit("ALLOWED_HOSTS is not set: put the site's host names, separated by commas, in the environment. See site.env.example.")
SITE_URL = SITE_URL or f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
if not re.fullmatch(r"https?://[\w.-]+(:\d{1,5})?", SITE_URL, re.ASCII):
    sys.exit(f"SITE_URL must look like https://www.example.org, not {SITE_URL!r}. See site.env.example.")

SITE_HOST = urlsplit(SITE_URL).hostname
if not EMAIL_PORT.isdecimal():
    sys.exit(f"EMAIL_PORT must be a number, not {EMAIL_PORT!r}. See site.env.example.")
if EMAIL_SECURITY not in {"starttls", "tls", "none"}:
    sys.exit(f"EMAIL_SECURITY must be starttls, tls or none, not {EMAIL_SECURITY!r}. See site.env.example.")
if EMAIL_HOST and "@" not in DEFAULT_FROM_EMAIL:
    sys.exit("EMAIL_FROM is not set: with EMAIL_HOST, put the address that mails come from in the environment. See site.env.example.")
if BACKUP_TO and not BACKUP_KEY:
    sys.exit("BACKUP_KEY is not set: with BACKUP_TO, put a long random value in the environment, and on paper. See site.env.example.")

# Applications

INSTALLED_APPS = [
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail.sites",
    "regie.accounts.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",  # for FORM_RENDERER
    "pages",
    "regie",  # last, so that all permissions exist when it sets up the groups after `migrate`
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "regie.serving.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "regie.serving.errors.DatabaseAwayMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "regie.serving.csrf.CsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "regie.serving.uploads.BodyLimitMiddleware",
    "regie.serving.errors.SessionEndedMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pages.visits.redirects.PublicRedirectMiddleware",
]

ROOT_URLCONF = "regie.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # It finds our templates of Wagtail's widgets, which have no script in them.

# Data: SQLite by default, PostgreSQL with DATABASE_URL

try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
except ValueError:  # not printed: it may contain a password
    sys.exit("DATABASE_URL must look like sqlite:///path or postgres://user:password@host:5432/name. See site.env.example.")
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        "timeout": 5,  # seconds that a writer waits for another before "database is locked"
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    } | _database.get("OPTIONS", {})
else:
    from .serving.postgresql import LimitedConnection  # here, as a site on SQLite needs no library of PostgreSQL

    _database["CONN_MAX_AGE"] = 0  # the pool keeps connections
    _database["OPTIONS"] = {
        "connect_timeout": 3,  # seconds; the timeouts below are milliseconds, and shorter in gunicorn (`regie/serving/postgresql.py`)
        # Compiling a query of many joins takes PostgreSQL 300 ms, running it 1 ms: no just-in-time compilation.
        "options": "-c lock_timeout=5000 -c statement_timeout=15000 -c jit=off",
        # The threads of a worker share 8 connections. `reconnect_timeout`: a database that is back is used at once.
        "pool": {"min_size": 0, "max_size": 8, "max_idle": 60, "timeout": 2, "reconnect_timeout": 1, "connection_class": LimitedConnection},
    } | _database.get("OPTIONS", {})

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "regie.serving.state.make_cache_key",
        # Those used last: what pages share in a state of the site (ten entries, 40 KB), and renditions of pictures (1 KB each).
        "OPTIONS": {"MAX_ENTRIES": 1000},
    }
}

# Language and time: staff and visitors are in Belfort

LANGUAGE_CODE = "fr"
LOCALE_PATHS = [BASE_DIR / "locale"]  # our words for what Wagtail says badly in French
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"

# Security

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 24 * 3600
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
CSRF_TRUSTED_ORIGINS = [SITE_URL]
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # it looks for Django's own name: `regie.serving.csrf` is Django's check with an exception
    # Subdomains and preloading affect more than this site: they are enabled by HSTS_SUBDOMAINS and HSTS_PRELOAD.
    "security.W005",
    "security.W021",
    "security.W019",  # the admin shows its previews in a frame of its own
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "regie.accounts.passwords.StrengthValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600  # seconds from the login on
OTP_TOTP_ISSUER = SITE_HOST  # The app on a phone shows this name.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # `Attempt` limits codes; doubling waits would lock a user out for long
LOGIN_URL = "wagtailadmin_login"
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long page has thousands of fields; Django's 1,000 would lose it

# Files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = STATIC_FROM_SOURCE
STORAGES = {
    "default": {"BACKEND": "regie.operations.bucket.BucketStorage" if S3_BUCKET else "regie.operations.storage.WholeFileStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "regie.serving.static_files.SiteStaticFilesStorage"
    },
}

# Logs are written to standard error: as JSON, or in a terminal as a person reads them

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "regie.serving.logs.JsonFormatter"},
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain" if sys.stderr.isatty() else "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers would mail administrators or be silent outside DEBUG.
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "pages": {"level": "INFO"},
        "regie": {"level": "INFO"},
        # While the database is away, the pool warns each second. `regie.serving.state` says it once.
        "psycopg.pool": {"level": "ERROR"},
        # It would repeat the headers Origin and Referer, with what somebody searched elsewhere; the line of the request has the 403.
        "django.security.csrf": {"level": "ERROR"},
    },
}

# Mails wait in the outbox until `run_due` gives them to the mail server; without one, it writes them to its console

EMAIL_BACKEND = "regie.mail.outbox.OutboxBackend"
DELIVERY_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = int(EMAIL_PORT)
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = DEFAULT_FROM_EMAIL or f"site@{SITE_HOST}"
MESSAGE_MONTHS = 12  # Visitors' messages are erased after so long (CNIL: as long as needed to answer); the privacy page reads it.
# Hashes of addresses and names, by which messages and failed logins are counted, are erased after so long; the same page reads it.
LIMIT_DAYS = 1
BACKUP_DAYS = 30  # Backups are deleted after so long; what was erased stays in them until then. The same page reads it.
LOG_DAYS = 14  # nginx's log of errors is deleted after so long, by Debian's /etc/logrotate.d/nginx or deploy/front; the same page reads it.
APPLICATION_MONTHS = 24  # Messages about work are erased after so long (CNIL: two years at most after the last contact).

# Wagtail

WAGTAIL_PAGE_MODEL = "pages.SitePage"
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["bold", "italic", "link", "document-link", "ul", "ol"]},
    }
}
WAGTAIL_SITE_NAME = "Administration du site"
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILIMAGES_IMAGE_MODEL = "pages.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "pages.media.forms.SiteImageForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_MODEL = "pages.SiteDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "pages.media.forms.SiteDocumentForm"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # With it, private documents stay private.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "site_french"}}
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"password": False}  # Wagtail stores shared passwords readable: accounts only
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"password": False}
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # Addresses can be read out, printed and sent by SMS.
WAGTAIL_FRONTEND_LOGIN_URL = "/admin/login/"
WAGTAILADMIN_COMMENTS_ENABLED = False  # Tab stopped at a bubble beside each field, and two or three people talk to each other
# Links to choose a password go to the address of an account: whoever finds an open session must not change it. Administrators do.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds: a new colleague gets her link on a Friday
# No request leaves for another host from the admin.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
