from django.urls import path

from . import views

app_name = "people"
urlpatterns = [
    path("staff/", views.staffs, name="staffs"),
    path("staff/<uuid:id>/", views.staff, name="staff"),
]
