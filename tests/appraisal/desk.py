"""What tests of the agency's pages share: uploads without a browser, a dossier half filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from agencies.models import User
from appraisal.files.uploads import SafeNameHandler, StreamedUpload
from appraisal.models import Evidence
from appraisal.workflow import evidence as workflow
from tests.cast import PASSWORD

CORPUS = Path(__file__).parents[1] / "attack_corpus"
GOOD = (CORPUS / "evidence" / "ok-plain.pdf").read_bytes()
AUTOSAVE = {"X-Requested-With": "fetch"}


def signed_in(user: User) -> Client:
    client = Client()
    assert client.login(username=user.email, password=PASSWORD)
    return client


def query_count(client: Client, url: str) -> int:
    """How many queries a page takes once the session is warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def typing(client: Client, url: str, **data: str) -> Any:
    """Post texts byte for byte as a browser would, half a surrogate pair included."""
    data.setdefault("version", "0")
    body = urlencode(data, errors="surrogatepass")
    return client.post(url, body, content_type="application/x-www-form-urlencoded")


def arriving(name: str = "Kế hoạch.pdf", content: bytes = GOOD) -> StreamedUpload:
    """A file as the upload handler hands it to a view."""
    request = RequestFactory().post("/", {"files": SimpleUploadedFile(name, content)})
    request.upload_handlers = [SafeNameHandler(request)]
    upload = request.FILES["files"]
    assert isinstance(upload, StreamedUpload)
    return upload


def another(number: int) -> bytes:
    """A good PDF of its own: what follows the end mark changes the hash."""
    return GOOD + b"\n%% " + str(number).encode()


def document(user: User, name: str = "Kế hoạch.pdf", number: int = 0, **card: Any) -> Evidence:
    """A document in the library of the user's agency, uploaded through the workflow."""
    upload = arriving(name, another(number))
    evidence = workflow.attach(user, upload).evidence
    upload.close()
    if card:
        Evidence.objects.filter(pk=evidence.pk).update(**card)
        evidence.refresh_from_db()
    return evidence
