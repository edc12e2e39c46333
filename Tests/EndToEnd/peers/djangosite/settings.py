"""The settings of a minimal Django site with one SQLite file and durable commits."""

import os

SECRET_KEY = "not a secret: this site runs for seconds on loopback"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "references.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "simple_history", "references"]
MIDDLEWARE = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["PEERS_DATABASE"],
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # With IMMEDIATE, a transaction takes the write lock when the transaction begins. Without IMMEDIATE, a transaction
            # that first reads and then writes fails if another transaction writes in between.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
        },
    }
}
