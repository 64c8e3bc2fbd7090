from tests.appraisal.preparing import signed_in
from django.urls import reverse
from django.db import connection
from django.test.utils import CaptureQueriesContext
def test_m(cast, clock):
    c=signed_in(cast.secretary)
    url=reverse("appraisal:rounds-list"); c.get(url)
    with CaptureQueriesContext(connection) as q:
        r=c.get(url); print(r.status_code)
    print("N",len(q), type(connection))
    with CaptureQueriesContext(connection) as q:
        c.get(reverse("appraisal:rounds-show",args=[cast.round.pk]))
    print("N",len(q)); 
    from tests.appraisal.views.test_rounds import queries
    print("Q", queries(cast.secretary,url))
