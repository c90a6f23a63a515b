"""The site's settings with fixed environment variables, so that those of the machine make no difference."""

import os
import sys

os.environ |= {
    "SECRET_KEY": "of-the-tests-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
    "SITE_URL": "http://127.0.0.1:8000",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),  # `tests/with_postgres` sets it; without it, SQLite
    "PLAIN_HTTP": "1",
    "STATIC_FROM_SOURCE": "1",
} | dict.fromkeys(
    (
        *("DEBUG", "BEHIND_PROXY", "MEDIA_ROOT", "BACKUP_ROOT", "BACKUP_TO", "BACKUP_KEY"),
        *("ENV_FILE", "S3_BUCKET", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_SECURITY", "EMAIL_FROM"),
    ),
    "",
)

from regie.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a good one takes a quarter of a second for each user
DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405 tests change databases under the connection
if "coverage" in sys.modules:
    TEMPLATES[0]["OPTIONS"]["debug"] = True  # noqa: F405 it counts the lines of templates only so
if "init_command" in DATABASES["default"]["OPTIONS"]:  # noqa: F405
    # SQLite returns rows backwards where no order is asked for: PostgreSQL may return them in any.
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA reverse_unordered_selects=ON;"  # noqa: F405
