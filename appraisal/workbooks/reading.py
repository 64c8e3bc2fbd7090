"""From an uploaded file to a `Table`: size, magic, archive gate, reader, in this order.

Meant to run in a child process (see `parsing`); it knows nothing of the meaning of columns.
"""

from pathlib import Path

from appraisal.files.archives import Limits, check_archive
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.workbooks.delimited import read_csv
from appraisal.workbooks.table import MAX_CHARACTERS, Table
from appraisal.workbooks.xlsx import NOT_A_WORKBOOK, UNREADABLE, read_xlsx

MEGABYTE = 1024 * 1024
LIMITS = Limits(max_bytes=5 * MEGABYTE, max_unpacked=50 * MEGABYTE, max_ratio=100, max_entries=400)
ZIP_MAGIC = b"PK\x03\x04"
OLD_OFFICE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

EMPTY = _("“%(name)s” trống. Hãy chọn lại tệp.")
TOO_LARGE = _("“%(name)s” lớn hơn %(megabytes)s MB. Hãy để lại một trang cần nhập rồi lưu lại.")
OLD_OFFICE = _(
    "“%(name)s” là tệp Excel cũ (.xls) hoặc có mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu và lưu lại"
    " thành .xlsx."
)
UNKNOWN_EXTENSION = _(
    "“%(name)s” không thuộc loại được nhập. Hãy lưu lại thành .xlsx hoặc CSV UTF-8."
)


def read_table(
    path: Path | str, name: str, *, sheet: str = "", most_characters: int = MAX_CHARACTERS
) -> Table:
    """The sheet of the XLSX or CSV at `path`, whose display name is `name`.

    Of a workbook the sheet of that name alone is read, else the first one in sight; a text is cut
    one character after `most_characters`.

    Raises Refused for whatever is too large, too strange or not a table; nothing else.
    """
    path = Path(path)
    size = path.stat().st_size
    if size == 0:
        raise Refused(EMPTY, "empty", name=name)
    if size > LIMITS.max_bytes:
        raise Refused(TOO_LARGE, "too_large", name=name, megabytes=LIMITS.max_bytes // MEGABYTE)
    with path.open("rb") as handle:
        magic = handle.read(8)
    if magic == OLD_OFFICE_MAGIC:
        raise Refused(OLD_OFFICE, "old_office", name=name)
    extension = name.rpartition(".")[2].lower()
    if extension == "csv":
        return read_csv(path, name)
    if extension != "xlsx":
        raise Refused(UNKNOWN_EXTENSION, "extension", name=name)
    if not magic.startswith(ZIP_MAGIC):
        raise Refused(NOT_A_WORKBOOK, "not_a_workbook", name=name)
    try:
        check_archive(path, LIMITS, name)
    except OSError:
        # The directory may point before the first byte, and seeking there is an error.
        raise Refused(UNREADABLE, "unreadable", name=name) from None
    return read_xlsx(path, name, sheet=sheet, most_characters=most_characters)
