"""Addresses. Each domain brings its own; what belongs to none is here."""

from django.urls import include, path
from django.views.i18n import set_language

from . import evidence_pages, founding_pages, job_pages, metrics, pages
from .api import api

handler400 = "yinxin.web.errors.malformed"
handler404 = "yinxin.web.errors.not_found"
handler500 = "yinxin.web.errors.unexpected"

gate = (
    [
        path("<uuid:id>/", pages.request_detail, name="request"),
        path("<uuid:id>/<str:verdict>/", pages.decide, name="decide"),
    ],
    "gate",
)

urlpatterns = [
    path("founding/", founding_pages.founding, name="founding"),
    path("", pages.inbox, name="inbox"),
    path("requests/", include(gate)),
    path("do/<str:code>/", pages.do, name="do"),
    path("do/<str:code>/<str:field>/", pages.find, name="find"),
    path("commands/", pages.commands, name="commands"),
    path("search/", pages.search, name="search"),
    path("matrix/", pages.matrix, name="matrix"),
    path("jobs/", job_pages.jobs, name="jobs"),
    path("evidence/", evidence_pages.log, name="evidence"),
    path("evidence/proof/<uuid:id>/", evidence_pages.proof, name="proof"),
    path("people/", include("yinxin.people.urls")),
    path("customers/", include("yinxin.customers.urls")),
    path("seals/", include("yinxin.seals.urls")),
    path("ledger/", include("yinxin.ledger.urls")),
    path("transfers/", include("yinxin.transfers.urls")),
    path("reconciliation/", include("yinxin.reconciliation.urls")),
    path("accounts/", include("yinxin.web.sign_on_urls")),
    path("language/", set_language, name="set_language"),
    path("api/", api.urls),
    path("health", metrics.health),
    path("metrics", metrics.metrics),
]
