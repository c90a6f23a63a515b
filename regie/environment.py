"""The file of variables that ENV_FILE names. Shells, systemd and Docker read one text in three ways: they only pass its path."""

import os
import re
import sys
from pathlib import Path


def read_env_file() -> None:
    """Puts the variables of the file into `os.environ`, except those that have a value there already.

    A line is NAME=value; lines that are empty or begin with # are left out. The value is the rest of the line as it is, with `$`, `&`, `#`
    and spaces within; spaces around it, and a pair of quotes around it, are taken away. Exits if the file or a line of it cannot be read.
    """
    if not (path := os.environ.get("ENV_FILE")):
        return
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"The file of ENV_FILE, {path}, cannot be read: {error}")
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not (found := re.fullmatch(r"""\s*([A-Z][A-Z0-9_]*)\s*=\s*(["']?)(.*)\2""", line.rstrip())):
            sys.exit(f"Line {number} of {path} is not NAME=value.")  # not the line: it may contain a secret
        if not os.environ.get(found[1]):
            os.environ[found[1]] = found[3]
