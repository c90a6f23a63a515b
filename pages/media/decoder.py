"""A program of its own that decodes one uploaded picture: from standard input to standard output, with limits of memory and time.

It writes the picture anew: upright, MAX_SIDE at most, with its colour profile and the names of its author, and nothing else of the
file, such as place and device, or another file behind the picture. The first line of its output is the extension of the file's name.
For a picture that it refuses, it writes the reason instead, and exits with REFUSED.
"""

import fcntl
import io
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pillow_heif
from PIL import Image, ImageOps, IptcImagePlugin, JpegImagePlugin

MAX_MEMORY = 640 * 1024 * 1024  # bytes of address space; the programs themselves take 90 million of them
MAX_SECONDS = 20  # seconds of processor time
REFUSED = 3  # exit code
MAX_SIDE = 2880  # pixels of what is stored: the largest rendition of a page's head (`SIZES`)
MAX_UPLOAD_SIDE, MAX_RATIO = 20_000, 20  # pixels of a side of an upload, and the greatest ratio of its sides
MAX_PIXELS = {"JPEG": 60_000_000, "PNG": 50_000_000, "HEIF": 50_000_000, "WEBP": 20_000_000}  # Decoding takes different memory.
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "HEIF": "jpg", "WEBP": "webp"}  # HEIC becomes JPEG, which each browser shows
ARTIST, COPYRIGHT, BYLINE = 0x013B, 0x8298, (2, 80)  # Exif 2.32, table 4; IPTC-IIM 4.2
DAMAGED = (AttributeError, EOFError, IndexError, KeyError, OSError, OverflowError, RuntimeError, SyntaxError, TypeError, ValueError)


class RefusedError(Exception):
    """Its text is the reason, in French."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Waits until no other process or thread of this machine decodes a picture."""
    with open(__file__) as file:  # noqa: PTH123 only to be locked: it is there on every machine, and need not be written
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def find_format(data: bytes) -> str:
    """Returns the format by the first bytes; the file's name says nothing. Raises RefusedError for any other."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"heim", b"heis", b"mif1"}:
        return "HEIF"
    raise RefusedError("Ce fichier n’est pas une photo que le site connaît. Envoyez un fichier JPEG, PNG, WebP ou HEIC.")


def get_size(data: bytes, form: str) -> tuple[int, int]:
    """Returns width and height by the header alone. Opening a WebP picture takes memory for all its pixels (RFC 9649, 2.5 to 2.7)."""
    if form != "WEBP":
        with Image.open(io.BytesIO(data), formats=[form]) as picture:
            return picture.size
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def check_size(width: int, height: int, form: str) -> None:
    if not 0 < width <= MAX_UPLOAD_SIDE or not 0 < height <= MAX_UPLOAD_SIDE or max(width, height) > MAX_RATIO * min(width, height):
        raise RefusedError(f"Cette image a {width} pixels sur {height} : le site ne peut pas la montrer. Envoyez une photo ordinaire.")
    if width * height > MAX_PIXELS[form]:
        most = MAX_PIXELS[form] // 1_000_000
        raise RefusedError(
            f"Cette image est trop grande : {width} pixels sur {height}, soit plus de {most} millions. Réduisez-la, puis envoyez-la à nouveau."
        )


def get_author_exif(picture: Image.Image) -> bytes:
    """Returns an Exif block with the names of author and copyright, as the file has them; empty if it names nobody."""
    found, kept = {}, Image.Exif()
    with suppress(*DAMAGED):  # as some devices write them
        found = picture.getexif()
    with suppress(*DAMAGED):
        if byline := (IptcImagePlugin.getiptcinfo(picture) or {}).get(BYLINE):
            kept[ARTIST] = byline[0] if isinstance(byline, list) else byline
    for tag in (ARTIST, COPYRIGHT):
        if text := str(found.get(tag, "")).strip("\0 ")[:200]:
            kept[tag] = text.encode("latin-1", "replace")  # as Pillow decoded it, whatever its encoding
    return kept.tobytes() if len(kept) else b""


def prepare(data: bytes) -> tuple[str, bytes]:
    """Returns the extension and the bytes of the picture as it is stored. Raises RefusedError, or one of DAMAGED."""
    form = find_format(data)
    check_size(*get_size(data, form), form)
    with Image.open(io.BytesIO(data), formats=[form]) as picture:
        if form in {"PNG", "WEBP"} and getattr(picture, "n_frames", 1) > 1:
            raise RefusedError("Cette image bouge. Le site ne montre que des images fixes.")
        options = {"exif": get_author_exif(picture), "icc_profile": picture.info.get("icc_profile")}
        if form == "JPEG":  # with the quality that it has
            options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
        else:
            options |= {"quality": 90, "lossless": b"VP8L" in data[:64]}
        if max(picture.size) > MAX_SIDE:
            if picture.mode in {"1", "P", "PA"}:
                picture = picture.convert("RGBA")
            picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        with suppress(*DAMAGED):  # an orientation that cannot be read
            ImageOps.exif_transpose(picture, in_place=True)
        picture.load()
        transparency = picture.info.get("transparency")
        picture.info = {} if transparency is None else {"transparency": transparency}
        file = io.BytesIO()
        picture.save(file, "JPEG" if form == "HEIF" else form, **options)
        return EXTENSIONS[form], file.getvalue()


def main() -> None:
    for limit, most in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CPU, MAX_SECONDS)):
        with suppress(ValueError, OSError):  # a system that has no such limit, or a lower one
            resource.setrlimit(limit, (most, most))
    try:
        with one_at_a_time():
            extension, content = prepare(sys.stdin.buffer.read())
    except RefusedError as refusal:
        sys.stdout.write(str(refusal))
        sys.exit(REFUSED)
    except MemoryError:
        sys.stdout.write("Cette image demande trop de mémoire. Réduisez-la, puis envoyez-la à nouveau.")
        sys.exit(REFUSED)
    except DAMAGED:
        sys.stdout.write("Cette image est abîmée ou incomplète. Essayez de l’envoyer à nouveau.")
        sys.exit(REFUSED)
    sys.stdout.buffer.write(extension.encode() + b"\n" + content)


pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS is lower than Pillow's own limit.
if __name__ == "__main__":
    main()
