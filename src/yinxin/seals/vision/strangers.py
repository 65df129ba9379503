"""Ink on the face that is not this imprint's: a pen's, a neighbouring seal's, or a second strike.

All are taken for unknown, as print is, and speak neither for the seal nor against it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.geometry import Affine, compose, inverse, scaling, warp
from yinxin.seals.vision.inks import Floats
from yinxin.seals.vision.search import shrunk
from yinxin.seals.vision.spectra import fast, matched, spectrum

_BRIDGE_MM = 2.0
"""A neighbour's frame is lost for so long where it runs under a frame of this seal."""
_SPECK = np.ones((3, 3), np.uint8)
"""Ink that is patchy for the paper's grain is still one."""
_BEYOND_MM, _TOUCHES_MM = 2.0, 1.1
"""How far a neighbour's ink runs on beyond the outline, and how near to it it comes, apart from
what is too near this seal's own strokes to tell."""


def neighbours(inside: Floats, amount: Floats, ink: Floats, to_image: Affine) -> Floats:
    """1 where ink of the same colour lies that another seal has left, in the imprint's frame.

    It runs on beyond the outline. Its parts join beneath this seal's strokes, where ink goes on
    unseen, and on the paper around, but not over bare paper of the face: a forger's letter that
    stands near it is no part of it. What covers more than half the face is no neighbour.
    """
    scale = 0.5
    small, px = shrunk(ink, scale), PX_PER_MM * scale
    to_specimen = inverse(compose(scaling(scale), compose(to_image, scaling(1 / scale))))
    face = warp(shrunk(inside, scale), to_specimen, small.shape) > 0.5
    own = cv2.dilate(shrunk(amount, scale), np.ones((3, 3), np.uint8))
    strokes = warp(own, to_specimen, small.shape) >= 0.1
    foreign = (small > 0.15) & ~strokes
    under = strokes | ~face
    bridge = np.ones((2 * round(_BRIDGE_MM * px / 2) + 1,) * 2, np.uint8)
    near, far = (cv2.dilate(foreign.astype(np.uint8), by) > 0 for by in (_SPECK, bridge))
    joined = near | (far & under)
    beyond = cv2.distanceTransform((~face).astype(np.uint8), cv2.DIST_L2, 3)
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(joined.astype(np.uint8))
    theirs = np.zeros(small.shape, np.uint8)
    for i in range(1, count):
        part = (labels == i) & foreign
        if sizes[i, cv2.CC_STAT_AREA] < px**2 or not part.any():
            continue
        there = beyond[part]
        if there.max() > _BEYOND_MM * px and there.min() < _TOUCHES_MM * px:
            theirs |= part | (
                cv2.morphologyEx(part.astype(np.uint8), cv2.MORPH_CLOSE, bridge) & under
            )
    wide = cv2.dilate(theirs, np.ones((9, 9), np.uint8))
    if (wide[face] > 0).sum() > 0.5 * face.sum():
        return np.zeros(ink.shape, np.float32)
    return cv2.resize(wide.astype(np.float32), ink.shape[::-1], interpolation=cv2.INTER_NEAREST)


_AWAY_MM, _LEAST_MM2, _OWN_PX, _LOOKED_AT = 0.22, 0.2, 200, 4000
_DENSER = 1.7
"""A pen's line, print or another pad's ink, against this seal's usual stroke."""
_ANOTHER_DEG = 9.0
"""Between the absorbance of two inks; of one ink, equally dense, it is some 3°."""
_UNDER_MM = 1.5


def other_inks(
    amount: Floats, inside: Floats, ink: Floats, hidden: Floats, lost: Floats, to_image: Affine
) -> Floats:
    """1 where ink lies that is denser than this seal's or of another colour, in its frame.

    Only beside the seal's own strokes can it be told, so what runs between two such places is
    taken for it, too. A forger's stroke is of the same pad as all others. `lost` is HxWx3.
    """
    nothing = np.zeros(ink.shape, np.float32)
    seen, cover = (warp(each, to_image, amount.shape) for each in (ink, hidden))
    shown = (cover < 0.3) & (seen > 0.25)
    away = cv2.distanceTransform((amount <= 0.4).astype(np.uint8), cv2.DIST_L2, 5)
    near = cv2.dilate(inside, np.ones((7, 7), np.uint8)) > 0.5
    stray = (shown & near & (away > _AWAY_MM * PX_PER_MM)).astype(np.uint8)
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(stray)
    large = np.flatnonzero(sizes[1:, cv2.CC_STAT_AREA] > _LEAST_MM2 * PX_PER_MM**2) + 1
    own = np.flatnonzero((amount > 0.6) & shown & (seen > 0.4))
    own = own[:: max(1, len(own) // _LOOKED_AT)]
    if not len(large) or len(own) < _OWN_PX:
        return nothing
    light = warp(cv2.GaussianBlur(lost, (0, 0), 1.0), to_image, amount.shape)
    usual = light.reshape(-1, 3)[own]
    theirs = np.zeros(amount.shape, np.uint8)
    for i in large:
        x, y, width, height, _ = sizes[i]
        view = np.s_[y : y + height, x : x + width]
        part = labels[view] == i
        if _is_other(light[view][part], usual):
            theirs[view] |= part
    if not theirs.any():
        return nothing
    side = 2 * round(_UNDER_MM * PX_PER_MM / 2) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    wide = cv2.dilate(cv2.morphologyEx(theirs, cv2.MORPH_CLOSE, disc), np.ones((7, 7), np.uint8))
    return (warp(wide.astype(np.float32), inverse(to_image), ink.shape) > 0.5).astype(np.float32)


def _is_other(ink: Floats, own: Floats) -> bool:
    """Whether absorbances (Nx3) are another ink's than the seal's own, as dense ones compared."""
    density, usual = np.linalg.norm(ink, axis=1), np.linalg.norm(own, axis=1)
    middle = np.median(ink[density >= np.median(density)], axis=0)
    dense = float(np.linalg.norm(middle))
    if dense > _DENSER * np.median(usual):
        return True
    count = max(_OWN_PX, len(own) // 4)
    alike = own[np.argpartition(np.abs(usual - dense), count - 1)[:count]]
    mean = np.median(alike, axis=0)
    cosine = middle @ mean / max(dense * float(np.linalg.norm(mean)), 1e-6)
    return bool(np.degrees(np.arccos(np.clip(cosine, -1, 1))) > _ANOTHER_DEG)


_SLIP_MM = (0.3, 2.5)
"""How far a second strike (重影) lies off; closer it only thickens strokes."""
_EXPLAINED, _WHOLE = 0.5, 0.25
"""The share of the added ink that the shifted face explains, and of the face that must show."""


def ghost(amount: Floats, inside: Floats, ink: Floats, hidden: Floats, to_image: Affine) -> Floats:
    """1 where a second strike of the same seal lies beside its strokes, in the imprint's frame.

    A stroke moved by a forger is explained by a shift, too; so most of the face must be there
    twice.
    """
    scale, px = 0.5, 0.5 * PX_PER_MM
    seen, cover = (warp(each, to_image, amount.shape) for each in (ink, hidden))
    strokes, there, seen, cover = (shrunk(e, scale) for e in (amount, inside, seen, cover))
    away = cv2.distanceTransform((strokes < 0.4).astype(np.uint8), cv2.DIST_L2, 5) / px
    bare = (away > 0.2) & (there > 0.5) & (cover < 0.3)
    added = (bare & (seen > 0.2)).astype(np.float32)
    if added.sum() < 1.5 * px**2:
        return np.zeros(ink.shape, np.float32)
    shift, explained = _slip((strokes > 0.4).astype(np.float32), added, px)
    moved = np.array([[1.0, 0, -shift[0]], [0, 1.0, -shift[1]]])
    second = warp((strokes > 0.4).astype(np.float32), moved, strokes.shape) > 0.5
    whole = added[second & bare].mean() if (second & bare).any() else 0.0
    if explained < _EXPLAINED or whole < _WHOLE:
        return np.zeros(ink.shape, np.float32)
    wide = cv2.dilate(second.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    theirs = (wide & (away > 0.1)).astype(np.float32)
    back = compose(scaling(scale), inverse(to_image))
    return (warp(theirs, back, ink.shape) > 0.5).astype(np.float32)


def _slip(strokes: Floats, added: Floats, px: float) -> tuple[NDArray[np.int_], float]:
    """The shift in pixels at which the strokes explain most of the added ink, and how much."""
    shape = fast(strokes.shape[0]), fast(strokes.shape[1])
    match = matched(spectrum(added, shape), spectrum(strokes, shape))
    y, x = np.meshgrid(*(np.fft.fftfreq(side, 1 / side) for side in shape), indexing="ij")
    far = np.hypot(x, y) / px
    match[(far < _SLIP_MM[0]) | (far > _SLIP_MM[1])] = 0
    place = int(match.argmax())
    shift = np.array([x.flat[place], y.flat[place]]).astype(int)
    return shift, float(match.flat[place] / added.sum())
