from django.urls import path

from .views import (
    applications,
    cards,
    images,
    offers,  # noqa: F401  they register themselves
    standards,
    verifications,
)

app_name = "seals"

urlpatterns = [
    path("", cards.sealcards, name="sealcards"),
    path("<uuid:id>/", cards.sealcard, name="sealcard"),
    path("seals/<uuid:id>/", cards.seal, name="seal"),
    path("applications/", applications.applications, name="applications"),
    path("applications/<uuid:id>/", applications.application, name="application"),
    path("warnings/", cards.warnings, name="warnings"),
    path("standards/", standards.standards, name="standards"),
    path("verifications/", verifications.verifications, name="verifications"),
    path("verifications/<uuid:id>/", verifications.verification, name="verification"),
    path("notices/<uuid:id>/", verifications.returnnotice, name="returnnotice"),
    path("pictures/<str:ticket>/", images.picture, name="picture"),
]
