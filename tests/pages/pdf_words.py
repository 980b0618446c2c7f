"""The words of a PDF, as a reader copies them: those of its pages, and whatever else it says of itself."""

import io
import re
from collections.abc import Iterator

import pikepdf

_PAIR = re.compile(rb"<([0-9a-f]+)>\s*<([0-9a-f]+)>", re.IGNORECASE)


def words_of(body: bytes) -> str:
    """All of them, page after page; what a line or a page cuts in two is put together again."""
    with pikepdf.open(io.BytesIO(body)) as pdf:
        shown = "".join(glyph for page in pdf.pages for glyph in _shown(page))
        said = (str(one) for whole in pdf.objects for one in _strings(whole, 3))
        return "\n".join([shown, *said])


def _shown(page: pikepdf.Page) -> Iterator[str]:
    fonts = {name: _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
    letters: dict[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            letters = fonts[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            parts = operands[0] if isinstance(operands[0], pikepdf.Array) else operands
            for part in parts:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    yield "".join(letters[codes[n : n + 2]] for n in range(0, len(codes), 2))


def _letters(font: pikepdf.Object) -> dict[bytes, str]:
    """What each code of a font stands for."""
    table = font.ToUnicode.read_bytes()
    return {bytes.fromhex(code.decode()): bytes.fromhex(to.decode()).decode("utf-16-be")
            for code, to in _PAIR.findall(table.partition(b"beginbfchar")[2])}  # fmt: skip


def _strings(found: object, depth: int) -> Iterator[object]:
    """Titles, bookmarks, addresses of links, alternative texts."""
    if isinstance(found, pikepdf.String):
        yield found
    elif depth and isinstance(found, pikepdf.Array):
        for one in found:
            yield from _strings(one, depth - 1)
    elif depth and isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        for name in found.keys():  # noqa: SIM118 - a dictionary of PDF is not iterated otherwise
            yield from _strings(found[name], depth - 1)
