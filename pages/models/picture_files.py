"""Removes metadata from the files of pictures: where and with which device one was taken. The author's name is kept.

The parts of the file that contain metadata are left out; the picture is encoded again only if it has to be turned upright.
"""

import io
import re
import struct
import zlib

import pillow_heif
from PIL import Image, IptcImagePlugin, JpegImagePlugin

pillow_heif.register_heif_opener()
ORIENTATION, ARTIST, COPYRIGHT = 0x0112, 0x013B, 0x8298  # Exif 2.32, table 4
TURNS = {number: Image.Transpose(turn) for number, turn in zip(range(2, 9), (0, 3, 1, 5, 4, 6, 2), strict=True)}  # 1 is upright
BYLINE = (2, 80)  # IPTC-IIM 4.2
# What decoders raise for a file that is damaged or of another kind.
DAMAGED = (
    *(AttributeError, IndexError, KeyError, OverflowError, RuntimeError, SyntaxError, TypeError, ValueError),
    *(Image.DecompressionBombError, struct.error),
)
# Parts that a decoder needs to show the same picture; others may contain metadata.
JPEG_MARKERS = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD}  # frames, tables, scans, lines, restarts (ITU T.81, table B.1)
JPEG_SEGMENTS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}  # of applications, by the name that they begin with
JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")  # in coded data, but for restarts
PNG_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD", b"pHYs"}
WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
WEBP_EXIF, WEBP_XMP = 0x08, 0x04  # flags of VP8X
HEIF_BOXES = {b"ftyp", b"meta", b"mdat"}
NO_EXIF = b"Exif\0\0" + Image.Exif().tobytes().removeprefix(b"Exif\0\0")  # a block without a field


def without_metadata(data: bytes) -> bytes:
    """Returns the bytes `data` of a JPEG (also a phone's "MPO"), PNG, WebP or HEIC file without metadata, upright, with its author's name.

    The colour profile stays. Raises OSError for what is no such picture, or a damaged one.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            strip = STRIP[picture.format]
            exif = get_author_exif(picture)
            # A HEIC file has its rotation in a property that its decoder applies.
            turn = TURNS.get(get_exif(picture).get(ORIENTATION))
            if turn is not None:
                data = turn_upright(picture, turn, exif, is_lossless=b"VP8L" in data[:64])
            return strip(data, exif)
    except DAMAGED as error:
        raise OSError("The picture cannot be read.") from error


def get_exif(picture: Image.Image) -> Image.Exif:
    """Returns the Exif fields of the `picture`; none if they cannot be read, as some devices write them."""
    try:
        return picture.getexif()
    except DAMAGED:
        return Image.Exif()


def get_author_exif(picture: Image.Image) -> bytes:
    """Returns an Exif block with the names of author and copyright, as the file has them; empty if it names nobody."""
    found, kept = get_exif(picture), Image.Exif()
    if byline := (IptcImagePlugin.getiptcinfo(picture) or {}).get(BYLINE):
        kept[ARTIST] = byline[0] if isinstance(byline, list) else byline
    for tag in (ARTIST, COPYRIGHT):
        if text := str(found.get(tag, "")).strip("\0 "):
            kept[tag] = text.encode("latin-1", "replace")  # as Pillow decoded it, whatever its encoding
    return kept.tobytes() if len(kept) else b""


def turn_upright(picture: Image.Image, turn: Image.Transpose, exif: bytes, is_lossless: bool) -> bytes:
    """Returns the file of the `picture` after the `turn`, with the quality and the colours that it has."""
    options, file = {"icc_profile": picture.info.get("icc_profile")}, io.BytesIO()
    if picture.format in {"JPEG", "MPO"}:
        options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
    if picture.format == "WEBP":  # with its Exif, else it would have no chunk that can name one
        options |= {"lossless": is_lossless, "quality": 90, "exif": exif}
    picture.transpose(turn).save(file, "JPEG" if picture.format == "MPO" else picture.format, **options)
    return file.getvalue()


def strip_jpeg(data: bytes, exif: bytes) -> bytes:
    """Keeps JPEG_MARKERS and JPEG_SEGMENTS of the first picture; others may follow, or a film."""
    kept, place = [b"\xff\xd8"], 2
    if exif:
        kept.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    while found := JPEG_MARKER.search(data, place):
        marker, place = data[found.start() + 1], found.start()
        if marker == 0xD9:  # end of image
            return b"".join([*kept, b"\xff\xd9"])
        end = place + 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
        if marker == 0xDA:  # start of scan, with coded data up to the next marker
            following = JPEG_MARKER.search(data, end)
            if not following:
                break
            end = following.start()
        if marker in JPEG_MARKERS or (marker in JPEG_SEGMENTS and data.startswith(JPEG_SEGMENTS[marker], place + 4)):
            kept.append(data[place:end])
        place = end
    raise OSError("The picture ends in the middle.")


def strip_png(data: bytes, exif: bytes) -> bytes:
    """Keeps PNG_CHUNKS (W3C PNG, 11)."""
    kept, place = [data[:8]], 8
    while place + 12 <= len(data):
        size = struct.unpack(">I", data[place : place + 4])[0] + 12
        name = data[place + 4 : place + 8]
        if name in PNG_CHUNKS:
            kept.append(data[place : place + size])
        if name == b"IHDR" and exif:
            kept.append(png_chunk(b"eXIf", exif.removeprefix(b"Exif\0\0")))
        if name == b"IEND":
            return b"".join(kept)
        place += size
    raise OSError("The picture ends in the middle.")


def png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def strip_webp(data: bytes, exif: bytes) -> bytes:
    """Keeps WEBP_CHUNKS (RFC 9649, 2.7)."""
    chunks, place, end = [], 12, 8 + struct.unpack("<I", data[4:8])[0]
    while place + 8 <= min(end, len(data)):
        name, size = data[place : place + 4], struct.unpack("<I", data[place + 4 : place + 8])[0]
        if name in WEBP_CHUNKS and (name != b"ICCP" or b"ICCP" not in dict(chunks)):
            chunks.append((name, data[place + 8 : place + 8 + size]))
        place += 8 + size + size % 2
    if chunks[0][0] == b"VP8X":
        flags = chunks[0][1][0] & ~(WEBP_EXIF | WEBP_XMP) | (WEBP_EXIF if exif else 0)
        chunks[0] = (b"VP8X", bytes([flags]) + chunks[0][1][1:])
        chunks += [(b"EXIF", exif.removeprefix(b"Exif\0\0"))] if exif else []
    body = b"".join(name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for name, content in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def blank_heif(data: bytes, exif: bytes) -> bytes:
    """Overwrites Exif, XMP and unknown boxes with as many bytes, so that no offset changes (ISO/IEC 14496-12, 23008-12)."""
    for name in ("exif", "xmp"):
        for picture in pillow_heif.open_heif(io.BytesIO(data)):
            old = picture.info.get(name) or b""
            new = (exif if 0 < len(exif) <= len(old) else NO_EXIF) if name == "exif" else b""
            if len(old) > len(NO_EXIF):  # a shorter one has no field, and its bytes may occur in the picture itself
                data = data.replace(old, new.ljust(len(old), b"\0" if name == "exif" else b" "))
    return blank_heif_boxes(data)


def blank_heif_boxes(data: bytes) -> bytes:
    kept, place = [], 0
    while place + 8 <= len(data):
        size, name = struct.unpack(">I", data[place : place + 4])[0], data[place + 4 : place + 8]
        header = 16 if size == 1 else 8  # a large size follows the name
        size = {0: len(data) - place, 1: struct.unpack(">Q", data[place + 8 : place + 16].ljust(8, b"\0"))[0]}.get(size, size)
        box = data[place : place + max(size, header)]
        kept.append(box if name in HEIF_BOXES else box[:4] + b"free" + box[8:header] + bytes(len(box) - header))
        place += len(box)
    return b"".join(kept)


STRIP = {"JPEG": strip_jpeg, "MPO": strip_jpeg, "PNG": strip_png, "WEBP": strip_webp, "HEIF": blank_heif}
