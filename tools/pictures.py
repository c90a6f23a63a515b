"""Makes static/img/*.png from the site's own drawings: `make -f tools/Makefile pictures`, after a drawing or a colour has changed."""

import os
import shutil
from io import BytesIO
from pathlib import Path

from django.template import Context, Engine
from PIL import Image
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ROOT = Path(__file__).resolve().parent.parent
IMG = ROOT / "static" / "img"
ICON = (IMG / "icon.svg").read_text()
STYLE = (ROOT / "static" / "css" / "site.css").read_text()
SCENE = Engine(dirs=[ROOT / "templates"]).get_template("components/scene.html").render(Context())  # without the town's own drawing
PICTURES = {
    "touch-icon.png": (180, 180, f"<style>body{{margin:0;background:#f3b7a3;padding:18px}}svg{{width:144px;height:144px}}</style>{ICON}"),
    "icon-192.png": (192, 192, f"<style>body{{margin:0;background:#f3b7a3;padding:32px}}svg{{width:128px;height:128px}}</style>{ICON}"),
    "icon-512.png": (512, 512, f"<style>body{{margin:0;background:#f3b7a3;padding:86px}}svg{{width:340px;height:340px}}</style>{ICON}"),
    # 1200 x 630 is what Open Graph's readers crop least
    "share.png": (
        1200,
        630,
        f"<style>{STYLE} body{{overflow:hidden;background:var(--surface-warm)}} .scene{{position:absolute;inset:auto 0 0 0;block-size:0;overflow:visible}} .scene svg{{block-size:620px;max-block-size:none}}</style>{SCENE}",
    ),
}


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for name, (width, height, html) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_content(html)
            picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(64)  # flat colours: a small palette is enough
            picture.save(IMG / name, optimize=True)
    Image.open(IMG / "icon-192.png").save(IMG / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])


if __name__ == "__main__":
    main()
