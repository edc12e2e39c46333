from django.db import models
from simple_history.models import HistoricalRecords


class Reference(models.Model):
    """The reference from a step of a user flow to a connector."""

    address = models.CharField(max_length=300, unique=True)
    connector = models.CharField(max_length=128)
    history = HistoricalRecords()
