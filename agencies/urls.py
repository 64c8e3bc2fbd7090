"""The addresses of accounts and of the register of agencies."""

from django.urls import path

from agencies.views import account, people, register

app_name = "agencies"
urlpatterns = [
    path("sign-in/", account.sign_in, name="sign-in"),
    path("sign-out/", account.sign_out, name="sign-out"),
    path("password/", account.password_change, name="password-change"),
    path("password/reset/", account.password_reset, name="password-reset"),
    path("password/reset/sent/", account.password_reset_sent, name="password-reset-sent"),
    path(
        "password/reset/<uidb64>/<token>/",
        account.PasswordResetConfirm.as_view(),
        name="password-reset-confirm",
    ),
    path("profile/", account.profile, name="profile"),
    path("language/", account.language, name="language"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="people-invite"),
    path("people/<int:pk>/", people.edit, name="people-edit"),
    path("people/<int:pk>/disable/", people.disable, name="people-disable"),
    path("people/<int:pk>/enable/", people.enable, name="people-enable"),
    path("people/<int:pk>/reinvite/", people.reinvite, name="people-reinvite"),
    path("agencies/", register.register, name="register"),
    path("agencies/new/", register.new, name="register-new"),
    path("agencies/merge/", register.merge, name="register-merge"),
    path("agencies/<int:pk>/", register.history, name="register-history"),
    path("agencies/<int:pk>/rename/", register.rename, name="register-rename"),
    path("agencies/groups/", register.groups, name="groups"),
    path("agencies/groups/new/", register.group_new, name="group-new"),
    path("agencies/groups/<int:pk>/", register.group_edit, name="group-edit"),
]
