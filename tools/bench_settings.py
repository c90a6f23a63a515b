"""The site behind Django's own cache middleware, for `make bench`."""

from regie.settings import *  # noqa: F403

# Below the middleware that sets Cache-Control: by its max-age=0, Django would keep nothing.
below = MIDDLEWARE.index("regie.serving.headers.HeadersMiddleware") + 1  # noqa: F405
MIDDLEWARE[below:below] = ["django.middleware.cache.UpdateCacheMiddleware"]  # noqa: F405
MIDDLEWARE += ["django.middleware.cache.FetchFromCacheMiddleware"]  # noqa: F405
