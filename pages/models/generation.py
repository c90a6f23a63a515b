"""The generation of the site: how often something that visitors see has changed."""

from django.db import models


class Generation(models.Model):
    """One row, which triggers of the database raise (`pages/generation.py`). The page cache compares its copies with it."""

    number = models.BigIntegerField(default=0)
    withdrawals = models.BigIntegerField(default=0)  # how often something was taken away from visitors
    # On PostgreSQL, the transactions that raised each number last: both are raised once a transaction.
    raised_in = models.BigIntegerField(null=True)
    withdrawn_in = models.BigIntegerField(null=True)
    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.number}, {self.withdrawals}"
