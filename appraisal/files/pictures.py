"""JPEG and PNG files, inside the child: dimensions before any decoding, warnings, a clean copy."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from appraisal.files import kinds
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.files.traces import is_something_else

FORMATS = ("JPEG", "PNG")
WIDTH = 1400
MAX_HEIGHT = 3000
PNG_COMPRESSION = 3
EXIF_GPS = 0x8825
XMP_GPS = b"GPSLatitude"
PNG_END = b"IEND\xaeB`\x82"

DAMAGED = _("“%(name)s” bị hỏng hoặc tải lên chưa trọn. Hãy chụp hoặc lưu lại ảnh rồi gửi lại.")
TOO_MANY_PIXELS = _("“%(name)s” có hơn %(millions)s triệu điểm ảnh. Hãy thu nhỏ ảnh rồi gửi lại.")


def inspect(path: str, name: str) -> tuple[int, list[str]]:
    """One page and the flags of a picture. Raises Refused when it is damaged or too large."""
    try:
        with _opened(path, name) as picture:
            # The PNG class would decode the whole picture in search of EXIF behind the pixels.
            position = bool(Image.Image.getexif(picture).get_ifd(EXIF_GPS))
            is_png = picture.format == "PNG"
            if is_png:
                picture.verify()  # every chunk and its CRC, without a pixel in memory
            else:
                picture.draft("RGB", (1, 1))  # all bytes are read, an eighth of the size is kept
                picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused(DAMAGED, "damaged", name=name) from None
    data = Path(path).read_bytes()
    flags = set()
    if position or XMP_GPS in data:
        flags.add(kinds.POSITION_DATA)
    if is_something_else(data) or (is_png and not data.endswith(PNG_END)):
        flags.add(kinds.ACTIVE_CONTENT)
    return 1, sorted(flags)


def render(path: str, target: str) -> None:
    """Write the picture as a PNG at most WIDTH by MAX_HEIGHT pixels, upright, pixels only."""
    with _opened(path, Path(path).name) as picture:
        picture.draft("RGB", (WIDTH, MAX_HEIGHT))
        # Whole-number steps first: one small copy instead of two large ones.
        steps = min(picture.size) // WIDTH
        small = picture.reduce(steps) if steps > 1 else picture
        upright = ImageOps.exif_transpose(small)
        upright.thumbnail((WIDTH, MAX_HEIGHT))
        pixels = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    # A picture made anew from the pixels carries no EXIF, no texts and no colour profile.
    clean = Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())
    clean.save(target, "PNG", compress_level=PNG_COMPRESSION)


def _opened(path: str, name: str) -> Image.Image:
    """The picture with only its header read, its dimensions inside the limit."""
    Image.MAX_IMAGE_PIXELS = kinds.MAX_PIXELS
    millions = kinds.MAX_PIXELS // 1_000_000
    try:
        picture = Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError:
        raise Refused(TOO_MANY_PIXELS, "too_many_pixels", name=name, millions=millions) from None
    if picture.width * picture.height > kinds.MAX_PIXELS:
        raise Refused(TOO_MANY_PIXELS, "too_many_pixels", name=name, millions=millions)
    return picture
