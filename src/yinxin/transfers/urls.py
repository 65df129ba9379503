from django.urls import path

from . import answer_views, batch_views, print_views, views

app_name = "transfers"
urlpatterns = [
    path("", views.transfers, name="transfers"),
    path("board/", batch_views.board, name="board"),
    path("batches/", batch_views.batches, name="batchs"),
    path("batches/<uuid:id>/", batch_views.batch, name="batch"),
    path("answers/", answer_views.strayanswers, name="strayanswers"),
    path("answers/<uuid:id>/", answer_views.strayanswer, name="strayanswer"),
    path("answers/<uuid:id>/fetch/", answer_views.fetch_stray, name="fetch_stray"),
    path("answers/<uuid:id>/file/", answer_views.stray_file, name="stray_file"),
    path("limits/", batch_views.limits, name="limits"),
    path("prints/<uuid:id>/", print_views.printed, name="printed"),
    path("<uuid:id>/", views.transfer, name="transfer"),
    path("<uuid:id>/voucher/", print_views.voucher, name="voucher"),
    path("<uuid:id>/print/", print_views.print_voucher, name="print"),
]
