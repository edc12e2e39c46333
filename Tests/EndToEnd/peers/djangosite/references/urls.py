import json

from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from references.models import Reference


def put(request, flow, step):
    """Points a step at another connector. django-simple-history appends to the history when the model is saved."""
    connector = json.loads(request.body)["@odata.id"].rsplit("/", 1)[1]
    with transaction.atomic():
        reference = Reference.objects.get(address=f"b2cUserFlows/{flow}/{step}")
        reference.connector = connector
        reference.save()
    return HttpResponse(status=204)


urlpatterns = [path("beta/identity/b2cUserFlows/<flow>/apiConnectorConfiguration/<step>/$ref", put)]
