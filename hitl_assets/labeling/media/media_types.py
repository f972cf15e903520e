"""What a file is, by its first bytes: names lie, and a browser would believe them."""

# How many of the first bytes are looked at.
ENOUGH = 64
UNKNOWN = "application/octet-stream"
# By the bytes at a place: what every file of a kind begins with. SVG and HTML are missing on purpose: they can hold
# programs.
SIGNATURES = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"OggS", "application/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
# Containers that say after `ftyp` what is in them (ISO 14496-12); the others hold films.
BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"mif1": "image/heic",
    b"M4A ": "audio/mp4",
}
RIFF = ("image/webp", "audio/wav", "video/x-msvideo")


def media_type(beginning: bytes) -> str:
    """The media type of a picture, sound or film by its first bytes; of everything else that of mere bytes."""
    if beginning[4:8] == b"ftyp":
        return BRANDS.get(beginning[8:12], "video/mp4")
    for at, sign, found in SIGNATURES:
        if beginning[at : at + len(sign)] == sign and (found not in RIFF or beginning.startswith(b"RIFF")):
            return found
    # An MPEG audio frame without a header before it: eleven bits of sync, then layer 1, 2 or 3.
    if len(beginning) > 1 and beginning[0] == 0xFF and beginning[1] & 0xE0 == 0xE0 and beginning[1] & 0x06:
        return "audio/mpeg"
    return UNKNOWN
