"""The addresses of this part of the job."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
