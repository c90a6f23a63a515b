"""The block of a simple version that no other page has."""

from wagtail import blocks

from ..page.drawings import Pictogram
from .base import LabelledBlock


class TopicBlock(LabelledBlock):
    heading = blocks.CharBlock(max_length=90)
    pictogram = blocks.ChoiceBlock(choices=Pictogram.choices, required=False)
    text = blocks.RichTextBlock(features=["ul"])

    class Meta:
        label = "Sujet"
        labels = {"heading": "Titre", "pictogram": "Petit dessin à côté", "text": "Texte : une phrase par ligne"}
        description = "Un titre, un petit dessin, quelques phrases courtes."
        icon = "list-ul"
        template = "blocks/topic.html"
        preview_value = {"heading": "Qui sommes-nous ?", "pictogram": "people", "text": "<p>La Régie est une association.</p>"}
