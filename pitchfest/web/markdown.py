"""Markdown that people write, to HTML that is safe to show. Rendered once, when it is saved."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "code", "pre", "hr"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


def to_html(text: str) -> str:
    """Safe HTML with our classes, each paragraph laid out as its script runs; images are dropped and headings
    start at level 3.
    """
    html = _parser.render(text)
    for level in (1, 2):
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"})
    return (
        clean.replace("<p>", '<p class="govuk-body" dir="auto">')
        .replace("<li>", '<li dir="auto">')
        .replace("<ul>", '<ul class="govuk-list govuk-list--bullet">')
        .replace("<ol>", '<ol class="govuk-list govuk-list--number">')
        .replace("<h3>", '<h3 class="govuk-heading-s" dir="auto">')
        .replace("<a ", '<a class="govuk-link" ')
    )
