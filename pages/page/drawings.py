"""The site's own drawings of people at work, and its pictograms."""

from django.db import models


class Drawing(models.TextChoices):
    """The drawings that staff can choose: `templates/drawings/<value>.html`."""

    BROOM = "broom", "Une personne balaie"
    TONGS = "tongs", "Une personne ramasse avec une pince"
    TOOLBOX = "toolbox", "Une personne porte une boîte à outils"
    LEVEL = "level", "Une personne pose un niveau contre un mur"
    TALK = "talk", "Deux personnes se parlent à une porte"
    GREET = "greet", "Une personne salue de la main"
    PLAN = "plan", "Une personne tient un plan"
    MEET = "meet", "Deux personnes se serrent la main"


class Pictogram(models.TextChoices):
    """Small signs that stand beside words, never alone: `templates/pictograms/<value>.html`."""

    PEOPLE = "people", "Des personnes"
    BROOM = "broom", "Un balai"
    TOOL = "tool", "Un outil"
    PLACE = "place", "Un lieu"
    DOOR = "door", "Une porte"
    CALENDAR = "calendar", "Un calendrier"
    CLOCK = "clock", "Une horloge"
    PHONE = "phone", "Un téléphone"
    LETTER = "letter", "Une lettre"
    BOOK = "book", "Un livre"


class DrawnMixin(models.Model):
    """A model whose instances can be shown with one of the drawings."""

    drawing = models.CharField(
        "dessin", max_length=10, choices=Drawing, blank=True, help_text="Si vous laissez vide, il n’y a pas de dessin."
    )

    class Meta:
        abstract = True
