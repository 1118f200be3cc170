"""How an app can fail to come into a shop, or to stay in it."""

from galleria.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated


class AppNotFound(NotFound):
    """The shop has no such app."""

    code = "app_not_found"
    title = "There is no such app"


class AppPageNotFound(NotFound):
    """The app has no such page, or is not installed."""

    code = "app_page_not_found"
    title = "The app has no such page"


class InvalidManifest(InvalidInput):
    """What the app says of itself cannot be: see the fields."""

    code = "invalid_app_manifest"
    title = "This cannot be an app"


class AppHandleTaken(Conflict):
    """The shop has an app of this handle: give that one the new manifest, or remove it."""

    code = "app_handle_taken"
    title = "The shop has this app already"


class AppNamespaceTaken(Conflict):
    """Another app keeps its metafields under this name."""

    code = "app_namespace_taken"
    title = "Another app has this namespace"


class AppNotInstalled(Conflict):
    """The app has no signing secret before it is approved."""

    code = "app_not_installed"
    title = "The app is not installed"


class AppSecretInGrace(Conflict):
    """The signing secret before the present one signs too: wait, or replace without grace."""

    code = "app_secret_in_grace"
    title = "An old signing secret of the app still signs"


class TooManyApps(Conflict):
    """The shop has as many apps as it may have: remove one first."""

    code = "too_many_apps"
    title = "The shop has as many apps as it may have"


class NamespaceOfApp(Forbidden):
    """Metafields of an app are written by that app, and an app writes no others."""

    code = "namespace_of_app"
    title = "These metafields belong to an app"


class OAuthRefused(InvalidInput):
    """The authorization was asked for in a way that cannot be; `error` is OAuth's word for it."""

    code = "oauth_refused"
    title = "The app asks in a way that is not accepted"
    status = 400
    error = "invalid_request"


class ResponseTypeUnsupported(OAuthRefused):
    """Only `code` is answered."""

    code = "oauth_response_type_unsupported"
    title = "Only authorization codes are given out"
    error = "unsupported_response_type"


class ScopeNotInManifest(OAuthRefused):
    """The scopes asked for are not those that the manifest names."""

    code = "oauth_scope_not_in_manifest"
    title = "The app asks for other scopes than its manifest does"
    error = "invalid_scope"


class GrantTypeUnsupported(OAuthRefused):
    """Only authorization codes are exchanged."""

    code = "oauth_grant_type_unsupported"
    title = "Only authorization codes are exchanged"
    error = "unsupported_grant_type"


class CodeNotAccepted(OAuthRefused):
    """The code is unknown, used or out of date, or belongs to another app, address or challenge."""

    code = "oauth_code_not_accepted"
    title = "The authorization code is not accepted"
    error = "invalid_grant"


class ClientNotAccepted(Unauthenticated):
    """The app's id or secret is wrong."""

    code = "oauth_client_not_accepted"
    title = "The app's id or secret is not accepted"
    error = "invalid_client"
