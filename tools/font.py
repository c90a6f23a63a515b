"""Makes static/fonts/barlow-condensed-700.woff2 from the npm package `@fontsource/barlow-condensed`: `make -f tools/Makefile font`.

The subset has the letters of French and of the residents' languages that are written in Latin letters. The package comes in two
files, which are merged; the narrow no-break space before « ? » and « ! », which the font lacks, is half as wide as its space.
"""

import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter, load_font, parse_unicodes, save_font
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parent.parent / "static" / "fonts" / "barlow-condensed-700.woff2"
LETTERS = (
    "20-7E,A0-FF,102-103,11E-11F,130-131,152-153,15E-15F,178,218-21B,"  # French, Turkish, Romanian, Albanian, Portuguese, Spanish, Italian
    "2010-2014,2018-201A,201C-201E,2026,20AC"
)
NARROW_NO_BREAK_SPACE = 0x202F


def subset(font: TTFont) -> TTFont:
    options = Options(layout_features=["kern", "liga", "lnum", "tnum", "locl"], hinting=False, desubroutinize=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=parse_unicodes(LETTERS))
    subsetter.subset(font)
    return font


def main(package: Path, work: Path) -> None:
    parts = []
    for name in ("latin", "latin-ext"):
        parts.append(str(work / f"{name}.ttf"))
        font = subset(load_font(str(package / "files" / f"barlow-condensed-{name}-700-normal.woff2"), Options()))
        font.flavor = None
        font.save(parts[-1])
    font = subset(Merger().merge(parts))
    space, narrow = font.getBestCmap()[ord(" ")], "uni202F"
    font["glyf"][narrow] = font["glyf"][space]
    font["hmtx"][narrow] = (font["hmtx"][space][0] // 2, 0)
    for table in font["cmap"].tables:
        table.cmap[NARROW_NO_BREAK_SPACE] = narrow
    TARGET.parent.mkdir(exist_ok=True)
    save_font(font, str(TARGET), Options(flavor="woff2"))
    (TARGET.parent / "OFL.txt").write_text((package / "LICENSE").read_text())


main(Path(sys.argv[1]), Path(sys.argv[2]))
