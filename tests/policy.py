"""What a browser says of a page that breaks its Content-Security-Policy."""


def watch_policy(page):
    """The violations of all that the page opens, as the browser reports them; the list fills as they happen."""
    violations = []

    def note(message):
        if "Content Security Policy" in message.text:
            violations.append(f"{page.url}: {message.text}")

    page.on("console", note)
    return violations
