"""Looks through a file's raw bytes for what another program would take it for: HTML, a ZIP.

Such a file is kept as evidence, flagged, and never shown by the browser.
"""

import re

# Long enough that compressed bytes do not match by chance.
HTML = re.compile(rb"<(?i:!doctype\s+html|html[\s>]|script[\s>]|body[\s>]|iframe\s|svg[\s>])")
ZIP_END = b"PK\x05\x06"
ZIP_TAIL = 65_557  # the end record and its longest comment


def is_something_else(data: bytes) -> bool:
    """Whether bytes of a PDF or picture also read as a web page or an archive."""
    return HTML.search(data) is not None or ZIP_END in data[-ZIP_TAIL:]
