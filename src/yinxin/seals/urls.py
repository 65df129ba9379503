from django.urls import path

from . import views

app_name = "seals"
urlpatterns = [
    path("", views.sealcards, name="sealcards"),
    path("<uuid:id>/", views.sealcard, name="sealcard"),
    path("verifications/", views.verifications, name="verifications"),
    path("verifications/<uuid:id>/", views.verification, name="verification"),
    path("verifications/<uuid:id>/page.png", views.page_picture, name="page"),
    path("specimens/<uuid:id>/specimen.png", views.specimen_picture, name="specimen"),
    path("specimens/<uuid:id>/scan.png", views.scan_picture, name="scan"),
    path("findings/<uuid:id>/imprint.png", views.imprint_picture, name="imprint"),
    path("findings/<uuid:id>/overlay.png", views.overlay_picture, name="overlay"),
]
