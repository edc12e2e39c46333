"""Creates the site's database with NUMBER references. Usage: create.py NUMBER"""

import os
import sys

import django
from django.core.management import call_command

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)

from references.models import Reference  # noqa: E402

Reference.objects.bulk_create(
    Reference(address=f"b2cUserFlows/B2C_1_bench{number}/postFederationSignup", connector="none")
    for number in range(int(sys.argv[1]))
)
