import segno


def qr_svg(text: str) -> str:
    """A QR code as an SVG element without style attributes, sized by its class `qr`."""
    svg: str = segno.make_qr(text, error="m").svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None
    )
    return svg
