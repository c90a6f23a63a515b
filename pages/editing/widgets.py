"""Wagtail's choosers without a script in the page, which the policy of the admin (`regie/serving/headers.py`) does not let run."""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import BaseChooser


def render_chooser(self: BaseChooser, name: str, value: object, attrs: dict, renderer: object = None) -> SafeString:
    """Replaces Wagtail's `BaseChooser.render`: its script, a call, is in attributes that `static/js/admin.js` reads."""
    data = self.get_value_data(value)
    function, arguments = re.fullmatch(r"(?:new )?([\w.]+)\((.*)\);", self.render_js_init(attrs["id"], name, data), re.DOTALL).groups()
    call = format_html('<template data-begin="{}" data-arguments="[{}]"></template>', function, arguments)
    return self.render_html(name, data, attrs) + call
