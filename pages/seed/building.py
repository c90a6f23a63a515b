"""Functions that build pages, items and blocks."""


def saved(thing):
    """Returns `thing`, saved with a first revision that its history shows: else there would be no way back to it."""
    thing.save()
    thing.save_revision(log_action="wagtail.create")
    return thing


def published(parent, page_type, **fields):
    """Returns a page of the type, added under `parent` and published with a first revision that its history shows.

    If `parent` has a page at its address, returns that one, as it is.
    """
    if there := parent.get_children().filter(slug=fields.get("slug")).first():
        return there.specific
    page = parent.add_child(instance=page_type(**fields))
    page.save_revision(log_action=True).publish()
    return page


def in_order(*items):
    """Returns the `items` of a page, numbered: without a number, a database returns them in any order."""
    for number, item in enumerate(items):
        item.sort_order = number
    return list(items)


def paragraph(*sentences):
    return "".join(f"<p>{sentence}</p>" for sentence in sentences)


def titled_items(model, *items):
    """Items of a subclass of TitledItem, each given as its title and the paragraphs of its text."""
    return in_order(*(model(title=title, text=paragraph(*text)) for title, *text in items))


# Blocks of free prose


def section(title, *paragraphs):
    """Returns a heading and the text below it."""
    return [heading(title), text(paragraph(*paragraphs))]


def heading(words):
    return ("heading", {"text": words, "level": "2"})


def text(html):
    return ("paragraph", html)


def question(words, *paragraphs):
    """Returns a question whose answer is folded."""
    return ("details", {"question": words, "answer": paragraph(*paragraphs)})


def call(label, page, subject=""):
    return ("call", {"label": label, "page": page, "subject": subject, "url": ""})
