"""The settings of the test suite: those of one machine, made fast and kept apart from real data.

pytest-django reads the settings before any `conftest.py` is loaded, so what must be set before
Django starts is set here. `DATABASE_URL` and `REDIS_URL` switch to real services, as everywhere;
each xdist process has its own database and its own pair of Redis databases.
"""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

# Set by the first process and inherited by xdist's processes and by the Celery worker.
if "PARC_TEST_DIR" not in os.environ:
    os.environ["PARC_TEST_DIR"] = tempfile.mkdtemp(prefix="parc-tests-")
os.environ |= {
    "PARC_LOCAL": "1",
    "PARC_VAR": os.environ["PARC_TEST_DIR"],
    "SECRET_KEY": "a-key-of-the-test-suite-and-of-nothing-else-0123456789",
}
for name in ("ALLOWED_HOSTS", "EVIDENCE_ROOT", "PARC_CLOCK_OFFSET", "SITE_ORIGIN"):
    os.environ.pop(name, None)  # of an installation, should this shell know one

PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

from parc.settings import *  # noqa: E402, F403
from parc.settings import CACHES, DATABASES, REDIS_URL, SQLITE_OPTIONS  # noqa: E402

TEST_DIR = Path(os.environ["PARC_TEST_DIR"])
# The worker of `conftest.py` is told which store to share.
EVIDENCE_ROOT = Path(os.environ.get("TEST_EVIDENCE_ROOT", TEST_DIR / f"evidence-{PROCESS}"))
STATIC_ROOT = TEST_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a test signs in often
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because the browser's requests come from other threads, each with its connection.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        **SQLITE_OPTIONS,
        "init_command": SQLITE_OPTIONS["init_command"].replace(
            "synchronous=FULL",
            "synchronous=OFF",  # nobody needs these after a power cut
        ),
    }

CELERY_TASK_ALWAYS_EAGER = True  # the `worker` fixture turns it off
if REDIS_URL:
    server = urlsplit(REDIS_URL)
    # Clearing a cache empties its Redis database; the broker must not lie in the same one.
    CACHES["default"]["LOCATION"] = server._replace(path=f"/{2 + 2 * PROCESS}").geturl()
    CELERY_BROKER_URL = server._replace(path=f"/{3 + 2 * PROCESS}").geturl()
