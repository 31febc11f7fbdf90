"""Pages of a long list, with addresses that can be shared."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

PAGE_SIZE = 25


@dataclass(frozen=True)
class Page:
    """Where in a list the person is. `page` counts from 1."""

    page: int
    total: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def past_end(self) -> bool:
        """Whether the address asks for a page that there is not, of a list that has some."""
        return self.page > self.pages and self.total > 0

    def url(self, number: int) -> str:
        """The address of another page, with the same filters."""
        values = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
        values["page"] = [str(number)]
        return url_for(request.endpoint or "", **values)


def asked_page() -> int:
    """The page number that the address asks for, 1 when it is missing or no sensible number."""
    text = request.args.get("page", "1")
    return min(max(int(text), 1), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 8 else 1
