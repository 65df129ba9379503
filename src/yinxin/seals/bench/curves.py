"""DET curves (检测误差折衷) as SVG: FRR over FAR on normal-deviate axes, one line a rung."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy.stats import norm

from yinxin.seals.bench.statistics import curve

_SIZE, _LEFT, _TOP, _SIDE = (640, 520), 70, 24, 420
_MARKS = (0.0001, 0.001, 0.01, 0.05, 0.2, 0.5)
_COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#d68910", "#34495e", "#7f8c8d", "#16a085")


def det_svg(
    genuine: Sequence[float] | Mapping[str, Sequence[float]],
    forged: Mapping[str, Sequence[float]],
    title: str,
) -> str:
    """A curve for each kind of forgery, or method, against the genuine scores, or its own; none
    where there were no trials."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE[0]} {_SIZE[1]}" '
        'font-family="sans-serif" font-size="12">',
        f"<title>{title}</title>",
        f'<rect width="{_SIZE[0]}" height="{_SIZE[1]}" fill="#fff"/>',
        *_axes(),
    ]
    for i, (name, scores) in enumerate(forged.items()):
        ours = genuine[name] if isinstance(genuine, Mapping) else genuine
        if not ours or not scores:
            continue
        colour = _COLOURS[i % len(_COLOURS)]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" '
                     f'points="{_points(ours, scores)}"/>')  # fmt: skip
        y = _TOP + 16 + 18 * i
        parts.append(f'<line x1="{_LEFT + _SIDE + 14}" x2="{_LEFT + _SIDE + 34}" y1="{y - 4}" '
                     f'y2="{y - 4}" stroke="{colour}" stroke-width="2"/>')  # fmt: skip
        parts.append(f'<text x="{_LEFT + _SIDE + 40}" y="{y}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _place(share: float) -> float:
    """Where a share lies on an axis, 0 to 1."""
    low, high = norm.ppf([_MARKS[0], _MARKS[-1]])
    return float((norm.ppf(np.clip(share, _MARKS[0], _MARKS[-1])) - low) / (high - low))


def _axes() -> list[str]:
    parts = []
    for mark in _MARKS:
        x, y = _LEFT + _SIDE * _place(mark), _TOP + _SIDE * (1 - _place(mark))
        text = f"{100 * mark:g} %"
        parts += [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_TOP + _SIDE}" stroke="#ddd"/>',
            f'<line x1="{_LEFT}" x2="{_LEFT + _SIDE}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>',
            f'<text x="{x:.1f}" y="{_TOP + _SIDE + 16}" text-anchor="middle">{text}</text>',
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>',
        ]
    middle = _TOP + _SIDE / 2
    parts.append(f'<text x="{_LEFT + _SIDE / 2}" y="{_TOP + _SIDE + 38}" text-anchor="middle">'
                 "FAR 认假率: forged accepted</text>")  # fmt: skip
    parts.append(
        f'<text x="16" y="{middle}" text-anchor="middle" '
        f'transform="rotate(-90 16 {middle})">FRR 拒真率: genuine refused</text>'
    )
    return parts


def _points(genuine: Sequence[float], forged: Sequence[float]) -> str:
    """As a staircase, without the steps that lie on one another."""
    far, frr = curve(genuine, forged)
    places = [(_LEFT + _SIDE * _place(a), _TOP + _SIDE * (1 - _place(b)))
              for a, b in zip(far, frr, strict=True)]  # fmt: skip
    kept = [places[0]]
    kept += [there for here, there in pairwise(places) if abs(here[0] - there[0]) > 0.4
             or abs(here[1] - there[1]) > 0.4]  # fmt: skip
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in kept)
