"""What people do in a browser, in their own words: sign in, follow a link, fill in a form, press a button."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect


def sign_in(page: Page, email: str) -> None:
    """One click on the demo's sign-in page."""
    page.goto("/sign-in")
    person = page.locator("form", has=page.locator(f'input[name=person][value="{email}"]'))
    person.get_by_role("button").first.click()  # whoever has two roles is listed under each
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good morning")


def sign_out(page: Page) -> None:
    """Leave by the button in the header."""
    page.goto("/account")
    if (menu := page.get_by_role("button", name="Menu", exact=True)).is_visible():
        menu.click()
    page.get_by_role("button", name="Sign out").click()
    expect_heading(page, "You are signed out")


def follow(page: Page, name: str) -> None:
    """Follow the first link, or link that looks like a button, whose words begin with `name`."""
    beginning = re.compile(rf"^\s*{re.escape(name)}")
    page.get_by_role("link", name=beginning).or_(page.get_by_role("button", name=beginning)).first.click()


def press(page: Page, name: str) -> None:
    """Press the button with exactly these words."""
    page.get_by_role("button", name=name, exact=True).click()


def fill(page: Page, values: Mapping[str, str]) -> None:
    """Type into fields by their label."""
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)


def fill_moment(page: Page, legend: str, day: str, month: str, year: str, time: str) -> None:
    """Type a date and a time into the group with this legend."""
    group = page.get_by_role("group", name=legend)
    for label, value in zip(("Day", "Month", "Year", "Time"), (day, month, year, time), strict=True):
        group.get_by_label(label).fill(value)


def expect_heading(page: Page, text: str) -> None:
    """The page's title for the reader."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def expect_text(page: Page, text: str) -> None:
    """Words somewhere in the page's main part."""
    expect(main(page)).to_contain_text(text)


def main(page: Page) -> Locator:
    """What stands between header and footer."""
    return page.locator("#main-content")


def prove(page: Page) -> None:
    """Say once more that it is oneself, where an act of two people asks for it."""
    expect_heading(page, "Is it you?")
    page.get_by_role("button", name=re.compile("^Yes, I am ")).click()


def focused(page: Page) -> str:
    """The id of what has the keyboard's focus, its text where it has none."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


def tab_to(page: Page, target: Locator, limit: int = 120) -> None:
    """Press Tab until `target` has the focus; each stop on the way must be seen to have it."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == "", page.evaluate("document.activeElement.outerHTML")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{limit} presses of Tab do not reach {target}")


#: "" where the focused element is in view, on top, and shows its focus; else what is wrong.
SEEN = """() => {
  const element = document.activeElement;
  if (element === document.body) return "";
  const radio = element.matches("input[type=radio], input[type=checkbox]");
  const label = radio ? element.labels[0] : element;
  const shown = radio ? [getComputedStyle(label, "::before")] : [getComputedStyle(label)];
  const marked = shown.some(style => style.boxShadow !== "none"
    || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0));
  if (!marked) return "its focus does not show";
  const box = label.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1);
  if (box.bottom <= 0 || box.top >= innerHeight) return "it is out of view";
  const top = document.elementFromPoint(x, y);
  return top && (label.contains(top) || top.contains(label) || element.contains(top)) ? "" : "it is covered";
}"""
