"""From a frozen sheet to a page: one Jinja environment per language, made once."""

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from app import formats
from app.languages import Language, fault, half, label, place, said, say, sentence, translations
from app.pages.wording import done_says

STATIC = Path(__file__).parent.parent / "static"
TOKENS = Path(__file__).parent.parent.parent / "lp_reports" / "assets" / "tokens.css"

_PLAIN_FILTERS = (
    formats.money,
    formats.figure,
    formats.hung,
    formats.quantity,
    formats.percent,
    formats.multiple,
    formats.parameter,
    formats.plain_number,
    formats.rate,
    formats.day,
    formats.instant,
    formats.machine,
    formats.when,
    formats.typed_instant,
    formats.fingerprint,
)


@cache
def environment(language: Language) -> Environment:
    """Templates, filters and the catalogue of `language`."""
    made = Environment(
        loader=PackageLoader("app", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    spoken = translations(language)
    cast("Any", made).install_gettext_translations(spoken, newstyle=True)
    made.filters.update({filter_.__name__: filter_ for filter_ in _PLAIN_FILTERS})
    made.filters["short"] = partial(formats.short, language=language)
    made.filters["label"] = partial(label, language)
    made.filters["sentence"] = partial(sentence, language)
    made.filters["half"] = partial(half, language)
    made.filters["told"] = partial(say, language)
    made.filters["said"] = partial(said, language)
    made.filters["place"] = partial(place, language)
    made.filters["fault"] = partial(fault, language)
    made.filters["done_says"] = partial(done_says, language)
    made.globals.update(language=language, static=static_url)
    return made


def page(language: Language, template: str, **facts: Any) -> str:
    """The HTML of `template` in `language`."""
    return environment(language).get_template(template).render(facts)


@cache
def static_url(name: str) -> str:
    """The address of a static file, with the head of its hash so that a browser never shows a stale one."""
    path = TOKENS if name == "tokens.css" else STATIC / name
    mark = hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "missing"
    return f"/static/{name}?v={mark}"
