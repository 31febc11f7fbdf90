"""Our templates, the reference macros, and pages compared as trees, not as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from jinja2 import Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "pitchfest" / "static" / "dist"

#: As the application sets it up: a missing value is an error, and lines of tags leave no trace.
ours = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ours.globals.update(
    asset=lambda name: f"/static/dist/{name}",
    csrf_token=lambda: "csrf-1",
    form_token=lambda: "form-1",
    flashes=list,
    navigation=[("Challenges", "/challenges", True), ("Sign in", "/sign-in", False)],
    actor=None,
    page_errors=False,
    practice=False,
    no_mail=False,
    request_id="REQ-1",
    region=SimpleNamespace(
        name="Calderwick City Region",
        authority="Calderwick Combined Authority",
        unit="Innovation Unit",
        email="innovation@calderwick-ca.example",
        phone="01632 960100",
        is_set_up=True,
        deep="#3a1747",
        own_colour="",
        logo="",
    ),
)
reference = Environment(
    loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}), autoescape=True
)

#: A tag with its attributes (classes as a set) and its children, or a run of text without needless space.
Node = str | tuple[str, dict[str, Any], list[Any]]


def macro(file: str, name: str) -> Callable[..., str]:
    """One macro of ours."""
    found: Callable[..., str] = getattr(ours.get_template(f"components/{file}.html").module, name)
    return found


def govuk(component: str, **params: Any) -> str:
    """The reference markup of a component."""
    name = "govuk" + "".join(part.capitalize() for part in component.split("-"))
    template = reference.get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    return str(getattr(template.module, name)(params))


def tree(html: str) -> list[Node]:
    """What a browser makes of the markup."""
    return _children(html5lib.parseFragment(html, namespaceHTMLElements=False))


def document(html: str) -> Element:
    """A whole page."""
    return html5lib.parse(html, namespaceHTMLElements=False)


def _children(element: Element) -> list[Node]:
    found: list[Node] = [*_text(element.text)]
    for child in element:
        found.append(_node(child))
        found.extend(_text(child.tail))
    return found


def _node(element: Element) -> Node:
    attributes: dict[str, Any] = dict(element.attrib)
    if "class" in attributes:
        attributes["class"] = frozenset(attributes["class"].split())
    return element.tag, attributes, _children(element)


def _text(text: str | None) -> list[str]:
    words = " ".join((text or "").split())
    return [words] if words else []
