"""Pages that can be printed as a poster for a hallway: events and offers."""

from django.http import HttpRequest

PARAMETER = "affiche"
KINDS = {"simple", "languettes"}  # the second has strips to tear off, with the phone number and the address
# The longest titles, in characters, that fit on a poster in a size; longer ones are smaller still.
TITLE_SIZES = ((14, "huge"), (28, "large"), (44, "medium"))
MOST_CHARACTERS = {False: 130, True: 100}  # below the title, with the street at the foot, without and with a picture


class PosterMixin:
    """Adds a poster to a page type, at `?affiche=simple` and `?affiche=languettes`, until the page is over."""

    shared_parameters = {PARAMETER: KINDS.__contains__}
    poster_template = ""  # what stands between title and foot

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return [*super().preview_modes, (PARAMETER, "Affiche")]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "pages/poster.html" if mode_name == PARAMETER else super().get_preview_template(request, mode_name)

    def get_template(self, request: HttpRequest, *args, **kwargs) -> str:
        is_poster = request.GET.get(PARAMETER) in KINDS and not self.is_over
        return "pages/poster.html" if is_poster else super().get_template(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        """Adds `strips`: one item for each strip to tear off."""
        strips = range(8) if request.GET.get(PARAMETER) == "languettes" else ()
        return {**super().get_context(request, *args, **kwargs), "strips": strips}

    @property
    def poster_texts(self) -> list[str]:
        """What staff wrote that stands below the title."""
        raise NotImplementedError

    @property
    def is_full(self) -> bool:
        """Whether the poster needs the room of the street, and smaller type."""
        return sum(map(len, self.poster_texts)) > MOST_CHARACTERS[bool(self.picture)]

    @property
    def title_size(self) -> str:
        """The class of the title on the poster."""
        return next((size for longest, size in TITLE_SIZES if len(self.title) <= longest), "small")
