"""The blocks of a simple version."""

from wagtail import blocks

from ..page.drawings import Pictogram
from .base import LabelledBlock
from .prose import CallBlock


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


class SimpleBlock(blocks.StreamBlock):
    """The content of a simple version."""

    topic = TopicBlock()
    call = CallBlock()
