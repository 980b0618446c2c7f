"""The grade of a page by the EcoIndex, from A to G: how many elements it has, what it weighs, how often it asks."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from ecoindex.compute import compute_ecoindex


def grade(elements: int, size: int, requests: int) -> str:
    """Its letter. `elements`: what is drawn inside an SVG is one drawing; `size`: bytes over the wire."""
    # A browser driven from this thread has a loop of its own here.
    with ThreadPoolExecutor(1) as other:
        counted = compute_ecoindex(nodes=elements, size=size / 1000, requests=requests)
        return str(other.submit(asyncio.run, counted).result().grade.value)
