"""The addresses of accounts and of the register of agencies."""

from django.contrib.auth import views as auth
from django.urls import path

app_name = "agencies"
urlpatterns = [
    path("sign-in/", auth.LoginView.as_view(), name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("password/", auth.PasswordChangeView.as_view(), name="password-change"),
]
