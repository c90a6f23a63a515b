"""Slugs that are made once and stay, so that addresses and identifiers do not change with a name."""

from django.db import models

from ..text.slugs import free_slug, slugify_french


class StableSlugField(models.SlugField):
    """A unique slug, made from `str(instance)` on the first save and never changed afterwards.

    `reserved` slugs are not given out.
    """

    def __init__(self, *args, reserved: frozenset[str] = frozenset(), **kwargs) -> None:
        self.reserved = reserved
        super().__init__(*args, **{"unique": True, "editable": False, "max_length": 80} | kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        slug = super().pre_save(model_instance, add)
        others = type(model_instance).objects.exclude(pk=model_instance.pk)
        if not slug and model_instance.pk:  # restored from a revision that was made before the first save
            slug = type(model_instance).objects.filter(pk=model_instance.pk).values_list(self.attname, flat=True).first()
        slug = slug or free_slug(slugify_french(str(model_instance))[:70] or "nom", others, self.reserved)
        setattr(model_instance, self.attname, slug)
        return slug
