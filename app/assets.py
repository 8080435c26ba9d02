"""Copies the third-party styles and scripts of the pages from `node_modules` to `app/static/vendor`.

Run at set-up, after `npm ci`: `python -m app.assets`. The folder is not kept in the repository; which
versions are used stands in `package-lock.json`. A second run copies nothing.
"""

import filecmp
import shutil
import sys
from pathlib import Path

from kernel.errors import Unavailable

ROOT = Path(__file__).parent.parent
VENDOR = Path(__file__).parent / "static" / "vendor"

WANTED = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "sortable.min.js": "sortablejs/Sortable.min.js",
    "vega.min.js": "vega/build/vega.min.js",
    "vega-lite.min.js": "vega-lite/build/vega-lite.min.js",
    "vega-embed.min.js": "vega-embed/build/vega-embed.min.js",
}


class AssetsMissing(Unavailable):
    code = "assets_missing"
    says = "{path} is missing; run `npm ci` first."


def fill(modules: Path, vendor: Path) -> list[str]:
    """Bring `vendor` up to date from `modules`; returns the names that had to be copied."""
    missing = [path for path in WANTED.values() if not (modules / path).is_file()]
    if missing:
        raise AssetsMissing(path=modules / missing[0])
    vendor.mkdir(parents=True, exist_ok=True)
    copied = [name for name, path in WANTED.items() if not _same(modules / path, vendor / name)]
    for name in copied:
        shutil.copyfile(modules / WANTED[name], vendor / name)
    return copied


def _same(source: Path, target: Path) -> bool:
    return target.is_file() and filecmp.cmp(source, target, shallow=False)


def main() -> int:
    """Fill the vendor folder and say what was copied."""
    try:
        copied = fill(ROOT / "node_modules", VENDOR)
    except AssetsMissing as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"page assets: {len(copied)} copied, {len(WANTED) - len(copied)} already there")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
