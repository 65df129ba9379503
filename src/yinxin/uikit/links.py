"""Where things are: a thing of kind `transfers.transfer` has its page at `transfers:transfer`."""

from django.urls import NoReverseMatch, reverse


def subject_url(kind: str, subject_id: object) -> str:
    """The address of a thing's page, blank where its kind has none."""
    try:
        return reverse(kind.replace(".", ":"), kwargs={"id": subject_id})
    except NoReverseMatch:
        return ""
