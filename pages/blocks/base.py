"""What the blocks share. Labels stand in `class Meta`: in arguments they would make migrations.

Key, class, template and style of a block have one name: `steps`, `StepsBlock`, `blocks/steps.html`, `.steps`.
"""

from django.db.models import Model
from wagtail import blocks


def get_newest(model: type[Model]) -> Model | None:
    """Returns the newest picture or document of the site for a preview, as none is shipped with the code."""
    return model.objects.order_by("-created_at").first()


class LabelledBlock(blocks.StructBlock):
    """A block of fields that names them in `Meta.labels`."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.meta.labels.items():
            self.child_blocks[name].label = label

    class Meta:
        labels = {}
