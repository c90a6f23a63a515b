"""Pages that can be printed as a poster for a hallway: events and offers."""

from django.http import HttpRequest

PARAMETER = "affiche"
KINDS = {"simple": "Affiche", "languettes": "Affiche avec des languettes à détacher"}  # with the phone number on strips
STRIPS = 8
# The longest titles, in characters, that fit on a poster in a size; longer ones are smaller still.
TITLE_SIZES = ((14, "huge"), (28, "large"), (44, "medium"))
MOST_CHARACTERS = 130  # below the title, with the street at the foot
LESS_WITH = {"picture": 30, "strips": 20}


class PosterMixin:
    """Adds a poster to a page type, at `?affiche=simple` and `?affiche=languettes`, until the page is over."""

    shared_parameters = {PARAMETER: KINDS.__contains__}
    poster_template = ""  # what stands between title and foot

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return [("", "La page"), *KINDS.items()]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "pages/poster.html" if mode_name in KINDS else super().get_preview_template(request, mode_name)

    def get_template(self, request: HttpRequest, *args, **kwargs) -> str:
        is_poster = request.GET.get(PARAMETER) in KINDS and not self.is_over
        return "pages/poster.html" if is_poster else super().get_template(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        """Adds `strips`, one item for each strip to tear off, and `is_full`: whether the texts need the room of the street."""
        kind = getattr(request, "preview_mode", None) or request.GET.get(PARAMETER)
        strips = range(STRIPS) if kind == "languettes" else ()
        room = MOST_CHARACTERS - LESS_WITH["picture"] * bool(self.shown_picture) - LESS_WITH["strips"] * bool(strips)
        is_full = sum(map(len, self.poster_texts)) > room
        return {**super().get_context(request, *args, **kwargs), "strips": strips, "is_full": is_full}

    @property
    def poster_texts(self) -> list[str]:
        """What stands below the title, as far as staff wrote it."""
        raise NotImplementedError

    @property
    def title_size(self) -> str:
        """The class of the title on the poster."""
        return next((size for longest, size in TITLE_SIZES if len(self.title) <= longest), "small")
