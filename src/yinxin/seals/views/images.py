from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from yinxin.gate.reading import reading

from .. import pictures
from .shared import viewer_of


@require_GET
def picture(request: HttpRequest, ticket: str) -> HttpResponse:
    """The image that a ticket is for, marked with who looks at it."""
    with reading():
        image = pictures.picture(viewer_of(request), ticket)
    return HttpResponse(image, content_type="image/png", headers={"Cache-Control": "no-store"})
