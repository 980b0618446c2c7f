"""The eye that looks at a page in a real browser: axe, the console, the width of the screen."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import ConsoleMessage, Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
CONTRAST = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
# The light and the dark change nothing but colours: two runs look at everything, the two others at the colours that
# the width changes. What is written in the same colours, on the same, was judged at the other width.
RUNS = ((1280, "light", RULES), (320, "dark", RULES), (1280, "dark", CONTRAST), (320, "light", CONTRAST))
# What each element shows in a scheme: its colours on those behind it, and whether its words are large. Elements are
# judged where `all` says so, or where they show something else than at the width before.
JUDGED = """([scheme, rules, all]) => {
    const shown = new Map(), known = (window.shown ??= {})[scheme];
    for (const e of document.querySelectorAll('*')) {
        const s = getComputedStyle(e), size = parseFloat(s.fontSize), behind = shown.get(e.parentElement);
        const large = size >= 24 || size > 18 && s.fontWeight >= 700;
        shown.set(e, [behind, s.color, s.backgroundColor, s.backgroundImage, s.opacity, s.textShadow, s.filter,
            s.mixBlendMode, s.position, large, e.checkVisibility({visibilityProperty: true})].join());
    }
    window.shown[scheme] = shown;
    if (all) return axe.run(rules);
    const fresh = e => e && shown.get(e) !== known.get(e) && e.checkVisibility();
    const include = [...shown.keys()].filter(e => fresh(e) && !fresh(e.parentElement));
    return include.length ? axe.run({include}, rules) : {violations: []};
}"""
# What WCAG 1.4.12 lets a reader ask of any page: more room between lines, words and letters.
SPACED = """on => {
    window.spaced ??= new CSSStyleSheet();
    window.spaced.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = on ? [window.spaced] : [];
}"""
# Answers that a story asks for; a browser writes each in its console.
EXPECTED = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")


def listen(page: Page, complaints: list[str]) -> None:
    """Keep every error of the page and of its console: a script that fails, a resource that the policy forbids."""

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(said in message.text for said in EXPECTED):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


def look(page: Page) -> list[str]:
    """What is wrong with the page that is open, at two widths, in the light and in the dark, then in larger words."""
    problems = []
    page.evaluate(AXE)
    for width, scheme, rules in RUNS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        problems += _too_wide(page, width)
        if (width, rules) == (320, RULES):
            page.evaluate(SPACED, True)
            problems += [f"{problem} (spaced out)" for problem in _too_wide(page, width)]
            page.evaluate(SPACED, False)
        found: dict[str, Any] = page.evaluate(JUDGED, [scheme, rules, rules is RULES])
        problems += [
            f"{page.url}, {width} px, {scheme}: {v['id']} ({node['html'][:160]}) {node['failureSummary'][:200]}"
            for v in found["violations"]
            for node in v["nodes"]
        ]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    # Zooming is another width; whoever asks for words twice as large keeps their screen.
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    problems += _too_wide(page, 1280)
    page.evaluate("document.documentElement.style.fontSize = ''")
    return problems


def _too_wide(page: Page, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url}: {wide} px wide on a screen of {width}: {_widest(page, width)}"] if wide > width else []


def _widest(page: Page, width: int) -> str:
    """Which element sticks out."""
    found: str = page.evaluate(
        """width => [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > width)
        .map(e => e.outerHTML.slice(0, 120))[0] || ''""",
        width,
    )
    return found
