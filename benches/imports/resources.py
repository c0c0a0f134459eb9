"""A peer: django-import-export, as its manual has it, plus the removal of who is absent. Arguments: the roster, the
database. Prints seconds, then members."""

import sys
import time
from urllib.parse import urlsplit

import django
from django.conf import settings

roster, url = sys.argv[1:]
address = urlsplit(url)
database = {"ENGINE": "django.db.backends.postgresql", "NAME": address.path[1:], "USER": address.username or "",
            "PASSWORD": address.password or "", "HOST": address.hostname, "PORT": address.port or ""}
settings.configure(DATABASES={"default": database}, INSTALLED_APPS=["import_export"], USE_TZ=True)
django.setup()

from django.db import connection, models, transaction  # noqa: E402  (models take settings)
from import_export import resources  # noqa: E402
from tablib import Dataset  # noqa: E402


class Member(models.Model):
    member_id = models.TextField(primary_key=True)
    first_name = models.TextField()
    last_name = models.TextField()
    email = models.TextField()
    status = models.TextField()
    business_unit = models.TextField()
    job_title = models.TextField(blank=True)
    location = models.TextField(blank=True)
    start_date = models.TextField()
    program_eligibility = models.TextField()

    class Meta:
        app_label = "import_export"
        db_table = "members"
        constraints = [models.UniqueConstraint(models.functions.Lower("email"), name="members_email")]


class MemberResource(resources.ModelResource):
    class Meta:
        model = Member
        import_id_fields = ["member_id"]
        skip_unchanged = True
        report_skipped = False
        use_bulk = True


if "members" not in connection.introspection.table_names():
    with connection.schema_editor() as editor:
        editor.create_model(Member)

began = time.monotonic()
with transaction.atomic(), open(roster, encoding="utf-8", newline="") as file:
    data = Dataset().load(file.read(), format="csv")
    MemberResource().import_data(data, raise_errors=True)
    absent = set(Member.objects.values_list("member_id", flat=True)) - set(data["member_id"])
    Member.objects.filter(member_id__in=absent).delete()
print(f"{time.monotonic() - began:.3f}")
print(Member.objects.count())
