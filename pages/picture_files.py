"""What the file of a picture tells beside the picture: where and with which device it was taken is removed, who took it is kept.

The parts of the file that hold it are taken out; the picture itself is encoded anew only where it has to be turned upright.
"""

import io
import struct
import zlib

import pillow_heif
from PIL import Image, ImageOps, IptcImagePlugin, JpegImagePlugin

pillow_heif.register_heif_opener()
ORIENTATION, ARTIST, COPYRIGHT = 0x0112, 0x013B, 0x8298  # Exif 2.32, table 4
BYLINE = (2, 80)  # IPTC-IIM 4.2
DAMAGED = (KeyError, IndexError, RuntimeError, SyntaxError, ValueError, struct.error)  # what decoders raise for a file of another kind
# What a decoder needs to show the same picture. Anything else may tell more.
PNG_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD", b"pHYs"}
WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
NO_EXIF = b"Exif\0\0" + Image.Exif().tobytes().removeprefix(b"Exif\0\0")  # a block without a field
WEBP_EXIF, WEBP_XMP = 0x08, 0x04  # flags of VP8X


def without_metadata(data):
    """The bytes `data` of a JPEG (also a phone's "MPO"), PNG, WebP or HEIC file without metadata, upright, with its author's name.

    The colour profile stays. Raises OSError for what is no such picture, or a damaged one.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            strip = STRIP[picture.format]
            exif = author_of(picture)
            if picture.format != "HEIF" and exif_of(picture).get(ORIENTATION, 1) != 1:  # a HEIC file is turned by a property of its own
                data = upright(picture)
            return strip(data, exif)
    except DAMAGED as error:
        raise OSError("The picture cannot be read.") from error


def exif_of(picture):
    """The Exif fields of the `picture`; none where they cannot be read, as some devices write them."""
    try:
        return picture.getexif()
    except DAMAGED:
        return Image.Exif()


def author_of(picture):
    """The names of author and copyright as a small Exif block; empty where the file names nobody."""
    found, kept = exif_of(picture), Image.Exif()
    if byline := (IptcImagePlugin.getiptcinfo(picture) or {}).get(BYLINE):
        kept[ARTIST] = (byline[0] if isinstance(byline, list) else byline).decode("utf-8", "replace")
    for tag in (ARTIST, COPYRIGHT):
        if str(found.get(tag, "")).strip("\0 "):
            kept[tag] = str(found[tag]).strip("\0 ")
    return kept.tobytes() if len(kept) else b""


def upright(picture):
    """The file of the `picture` turned as its Exif says, with the quality and the colours that it has."""
    options = {"icc_profile": picture.info.get("icc_profile")}
    if picture.format in {"JPEG", "MPO"}:
        options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
    if picture.format == "WEBP":
        options |= {"lossless": picture.info.get("lossless", False), "quality": 90}
    turned, file = ImageOps.exif_transpose(picture), io.BytesIO()
    turned.save(file, "JPEG" if picture.format == "MPO" else picture.format, **options)
    return file.getvalue()


def strip_jpeg(data, exif):
    """Keeps the segments that the decoder needs (ITU T.81, B.1), JFIF, Adobe's and the colour profile; nothing after the first picture."""
    kept, place = [b"\xff\xd8"], 2
    if exif:
        kept.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    while data[place : place + 1] == b"\xff":
        marker = data[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if marker == 0xD9:  # end of image
            return b"".join([*kept, b"\xff\xd9"])
        size = struct.unpack(">H", data[place + 2 : place + 4])[0] + 2
        segment = data[place : place + size]
        place += size
        is_application, is_comment = 0xE0 <= marker <= 0xEF, marker == 0xFE
        if segment[4:16] == b"ICC_PROFILE\0" or marker in {0xE0, 0xEE} or not (is_application or is_comment):
            kept.append(segment)
        if marker == 0xDA:  # start of scan: coded data up to the next marker that is no restart
            end = place
            while data[end : end + 1] and not (data[end] == 0xFF and data[end + 1] not in {0, *range(0xD0, 0xD8)}):
                end = data.find(b"\xff", end + 1)
                if end < 0 or end + 1 >= len(data):
                    raise OSError("The picture ends in the middle.")
            kept.append(data[place:end])
            place = end
    raise OSError("The picture ends in the middle.")


def strip_png(data, exif):
    """Keeps PNG_CHUNKS (W3C PNG, 11)."""
    kept, place = [data[:8]], 8
    while place + 12 <= len(data):
        size = struct.unpack(">I", data[place : place + 4])[0] + 12
        name = data[place + 4 : place + 8]
        if name in PNG_CHUNKS:
            kept.append(data[place : place + size])
        if name == b"IHDR" and exif:
            kept.append(png_chunk(b"eXIf", exif.removeprefix(b"Exif\0\0")))
        place += size
    return b"".join(kept)


def png_chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def strip_webp(data, exif):
    """Keeps WEBP_CHUNKS (RFC 9649, 2.7)."""
    chunks, place = [], 12
    while place + 8 <= len(data):
        size = struct.unpack("<I", data[place + 4 : place + 8])[0]
        chunks.append((data[place : place + 4], data[place + 8 : place + 8 + size]))
        place += 8 + size + size % 2
    chunks = [(name, content) for name, content in chunks if name in WEBP_CHUNKS]
    if chunks[0][0] == b"VP8X":
        flags = chunks[0][1][0] & ~(WEBP_EXIF | WEBP_XMP) | (WEBP_EXIF if exif else 0)
        chunks[0] = (b"VP8X", bytes([flags]) + chunks[0][1][1:])
        chunks += [(b"EXIF", exif.removeprefix(b"Exif\0\0"))] if exif else []
    body = b"".join(name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for name, content in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def blank_heif(data, exif):
    """Overwrites Exif and XMP with as many bytes, so that no offset in the file changes (ISO/IEC 23008-12)."""
    for name in ("exif", "xmp"):
        for picture in pillow_heif.open_heif(io.BytesIO(data)):
            old = picture.info.get(name) or b""
            new = (exif if 0 < len(exif) <= len(old) else NO_EXIF) if name == "exif" else b""
            if old:
                data = data.replace(old, new.ljust(len(old), b"\0" if name == "exif" else b" "))
    return data


STRIP = {"JPEG": strip_jpeg, "MPO": strip_jpeg, "PNG": strip_png, "WEBP": strip_webp, "HEIF": blank_heif}
