"""What the functions that make content share."""


def saved(thing):
    """`thing`, saved with a first revision that its history shows: else there would be no way back to it."""
    thing.save()
    thing.save_revision(log_action="wagtail.create")
    return thing


def published(parent, page):
    """`page`, added under `parent` and published with a first revision that its history shows, to go back to."""
    parent.add_child(instance=page)
    page.save_revision(log_action=True).publish()
    return page


def in_order(*items):
    """The `items` of a page, numbered: without a number, a database gives them in any order."""
    for number, item in enumerate(items):
        item.sort_order = number
    return list(items)


def paragraph(*sentences):
    return "".join(f"<p>{sentence}</p>" for sentence in sentences)


# Blocks of free prose


def heading(words):
    return ("heading", {"text": words, "level": "2"})


def text(html):
    return ("paragraph", html)


def call(label, page):
    return ("call", {"label": label, "page": page, "subject": "", "url": ""})
