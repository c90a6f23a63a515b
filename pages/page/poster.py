"""Pages that can be printed as a poster for a hallway: events and offers."""

from django.http import HttpRequest

PARAMETER = "affiche"
KINDS = {"simple": "Affiche", "languettes": "Affiche avec des languettes à détacher"}  # « languettes » are strips with the phone number
STRIPS = 8
# The longest titles, in characters, that fit on a poster in a size; longer ones are smaller still.
TITLE_SIZES = ((14, "huge"), (28, "large"), (44, "medium"))
MAX_CHARACTERS = {"picture": 90, "strips": 200, "": 260}  # characters below the title for which there is room beside the street at the foot
MAX_WITHOUT_STREET = 360  # characters for which there is room without the street; beyond it, the type is smaller

FUNDERS_CHARACTERS, FUNDER_CHARACTERS = 80, 20  # for which the block of funders, and the mark of each, take the room
STRIPS_FACTOR = 1.6  # of the characters of funders, where strips have left less room


class PosterMixin:
    """Adds a poster to a page type, at `?affiche=simple` and `?affiche=languettes`, until the page is over.

    The page type has a `poster_template`, that of the part between title and foot, and `poster_texts`, the texts below the title.
    """

    shared_parameters = {PARAMETER: KINDS.__contains__}

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return [("", "La page"), *KINDS.items()]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "pages/poster.html" if mode_name in KINDS else super().get_preview_template(request, mode_name)

    def get_template(self, request: HttpRequest, *args, **kwargs) -> str:
        is_poster = request.GET.get(PARAMETER) in KINDS and not self.is_over
        return "pages/poster.html" if is_poster else super().get_template(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        """Adds `strips`, one item for each strip to tear off, and `fullness`, the classes of a sheet whose texts need the room of the street."""
        kind = getattr(request, "preview_mode", None) or request.GET.get(PARAMETER)
        strips = range(STRIPS) if kind == "languettes" else ()
        room = MAX_CHARACTERS["picture" if self.shown_picture else "strips" if strips else ""]
        funders = [FUNDER_CHARACTERS + len(funder.mention) / 3 for funder in self.all_funders]  # in small type, on the whole width
        taken = (FUNDERS_CHARACTERS + sum(funders)) * (STRIPS_FACTOR if strips else 1) if funders else 0
        characters = sum(map(len, self.poster_texts)) + taken
        fullness = " full dense" if characters > MAX_WITHOUT_STREET else " full" if characters > room else ""
        return {**super().get_context(request, *args, **kwargs), "strips": strips, "fullness": fullness}

    @property
    def title_size(self) -> str:
        """The class of the title on the poster."""
        return next((size for longest, size in TITLE_SIZES if len(self.title) <= longest), "small")
