"""What others have made for the shop: brought in by the merchant, within what they agreed to.

An app is a manifest that the merchant approves; it gets a restricted key by OAuth 2.1, hears of
events, keeps metafields of its own, is asked at checkout and shows pages in the back office. When
it is uninstalled, all of that ends in one commit. Tables `apps.app` and `code`; events
`apps.app_installed.v1` and `app_uninstalled.v1`.
"""

from galleria.platform.apps.errors import (
    AppHandleTaken,
    AppNamespaceTaken,
    AppNotFound,
    AppNotInstalled,
    AppPageNotFound,
    AppSecretInGrace,
    ClientNotAccepted,
    CodeNotAccepted,
    InvalidManifest,
    NamespaceOfApp,
    OAuthRefused,
    TooManyApps,
)
from galleria.platform.apps.events import AppInstalled, AppUninstalled
from galleria.platform.apps.model.apps import (
    MOST_GRACE_HOURS,
    AddedApp,
    App,
    AppsSettings,
    NewSecret,
    Token,
)
from galleria.platform.apps.model.manifest import (
    MOST_BYTES,
    Manifest,
    ManifestPage,
    ManifestRule,
    ManifestWebhook,
    asks_more,
    origin_of,
)
from galleria.platform.apps.model.oauth import Question, check_question
from galleria.platform.apps.model.rules import RuleAnswer, RuleLine, RuleQuestion, RuleReply
from galleria.platform.apps.model.tokens import ShownPage
from galleria.platform.apps.schemas import (
    Approval,
    Approved,
    NewManifest,
    ReplaceSecret,
    TokenRequest,
)
from galleria.platform.apps.service.adding import add_app, get_app, list_apps, update_app
from galleria.platform.apps.service.approving import (
    app_of_client,
    approve,
    exchange,
    refusal,
    shop_of_client,
)
from galleria.platform.apps.service.asking import asking
from galleria.platform.apps.service.namespaces import check_namespaces
from galleria.platform.apps.service.pages import open_page
from galleria.platform.apps.service.removing import follow_successor, uninstall
from galleria.platform.apps.service.replacing import replace_secret
from galleria.platform.apps.service.rules import Rules, ask_rules, rules_of

__all__ = [
    "MOST_BYTES",
    "MOST_GRACE_HOURS",
    "AddedApp",
    "App",
    "AppHandleTaken",
    "AppInstalled",
    "AppNamespaceTaken",
    "AppNotFound",
    "AppNotInstalled",
    "AppPageNotFound",
    "AppSecretInGrace",
    "AppUninstalled",
    "Approval",
    "Approved",
    "AppsSettings",
    "ClientNotAccepted",
    "CodeNotAccepted",
    "InvalidManifest",
    "Manifest",
    "ManifestPage",
    "ManifestRule",
    "ManifestWebhook",
    "NamespaceOfApp",
    "NewManifest",
    "NewSecret",
    "OAuthRefused",
    "Question",
    "ReplaceSecret",
    "RuleAnswer",
    "RuleLine",
    "RuleQuestion",
    "RuleReply",
    "Rules",
    "ShownPage",
    "Token",
    "TokenRequest",
    "TooManyApps",
    "add_app",
    "app_of_client",
    "approve",
    "ask_rules",
    "asking",
    "asks_more",
    "check_namespaces",
    "check_question",
    "exchange",
    "follow_successor",
    "get_app",
    "list_apps",
    "open_page",
    "origin_of",
    "refusal",
    "replace_secret",
    "rules_of",
    "shop_of_client",
    "uninstall",
    "update_app",
]
