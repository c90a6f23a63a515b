"""Who may see a page or the files of a collection: conditions for querysets."""

from django.db import models
from django.db.models import Func


class IsRestricted(Func):
    """Condition that one of `restrictions` applies to the object at the tree path `path`, or to an ancestor of it.

    `node` is the foreign key of the restriction model: "page" or "collection". Written in SQL, as every list of pages has this
    condition, and building it from querysets takes ten times as long.
    """

    template = (
        "EXISTS (SELECT 1 FROM %(nodes)s AS node WHERE node.id IN (SELECT %(node)s_id FROM %(restrictions)s) "
        "AND node.path = SUBSTR(%(expressions)s, 1, LENGTH(node.path)))"
    )
    output_field = models.BooleanField()

    def __init__(self, restrictions: type[models.Model], node: str, path: str, **extra) -> None:
        nodes = restrictions._meta.get_field(node).related_model._meta.db_table
        super().__init__(path, restrictions=restrictions._meta.db_table, nodes=nodes, node=node, **extra)
