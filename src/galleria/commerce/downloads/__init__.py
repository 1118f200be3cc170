"""What is sold without a parcel: files that buyers fetch, and licences from a pool.

Owns `downloads.good`, `file`, `grant` (who may fetch what), `fetch`, `licence`, `owed` and
`pepper`. A file is fetched by signed links that end, so many times; a licence is kept encrypted
and handed out once, in the transaction in which its order is paid. Event
`downloads.licences_low.v1`.
"""

from galleria.commerce.downloads.errors import (
    DigitalGoodNotFound,
    DownloadExpired,
    DownloadFileNotFound,
    DownloadLimitReached,
    DownloadLinkExpired,
    DownloadNotFound,
    DownloadRevoked,
    InvalidDigitalGood,
    TooManyFiles,
)
from galleria.commerce.downloads.events import LicencesLow
from galleria.commerce.downloads.model import (
    LINK_FOR,
    MAILED_LINK_FOR,
    Bought,
    DigitalGood,
    DownloadFile,
    Fetch,
)
from galleria.commerce.downloads.schemas import (
    BoughtDownloads,
    BoughtFile,
    BoughtLicence,
    DigitalGoodView,
    GoodsMerged,
    LicencesBrought,
    NewDigitalGood,
    NewLicences,
    OrderDownload,
    OrderDownloads,
    OrderLicence,
)
from galleria.commerce.downloads.service.fetching import fetch
from galleria.commerce.downloads.service.goods import (
    add_file,
    get_good,
    goods_of,
    remove_good,
    retire_file,
    set_good,
)
from galleria.commerce.downloads.service.granting import (
    bought_in,
    downloads_of,
    hand_out,
    licensed_among,
    list_fetches,
    renew,
    revoke,
    revoke_of_order,
)
from galleria.commerce.downloads.service.licensing import add_licences, serve_owed
from galleria.commerce.downloads.service.merging import (
    differing_goods,
    merge_goods,
    terms_of,
)

__all__ = [
    "LINK_FOR",
    "MAILED_LINK_FOR",
    "Bought",
    "BoughtDownloads",
    "BoughtFile",
    "BoughtLicence",
    "DigitalGood",
    "DigitalGoodNotFound",
    "DigitalGoodView",
    "DownloadExpired",
    "DownloadFile",
    "DownloadFileNotFound",
    "DownloadLimitReached",
    "DownloadLinkExpired",
    "DownloadNotFound",
    "DownloadRevoked",
    "Fetch",
    "GoodsMerged",
    "InvalidDigitalGood",
    "LicencesBrought",
    "LicencesLow",
    "NewDigitalGood",
    "NewLicences",
    "OrderDownload",
    "OrderDownloads",
    "OrderLicence",
    "TooManyFiles",
    "add_file",
    "add_licences",
    "bought_in",
    "differing_goods",
    "downloads_of",
    "fetch",
    "get_good",
    "goods_of",
    "hand_out",
    "licensed_among",
    "list_fetches",
    "merge_goods",
    "remove_good",
    "renew",
    "retire_file",
    "revoke",
    "revoke_of_order",
    "serve_owed",
    "set_good",
    "terms_of",
]
