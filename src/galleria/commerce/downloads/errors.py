"""What can go wrong with what is sold without a parcel."""

from galleria.foundation.errors import Conflict, Forbidden, Gone, InvalidInput, NotFound


class DigitalGoodNotFound(NotFound):
    """The variant is sent, or is none of this shop's."""

    code = "digital_good_not_found"
    title = "This variant is no digital good"


class InvalidDigitalGood(InvalidInput):
    """Terms that contradict each other or what the variant is."""

    code = "invalid_digital_good"
    title = "The variant cannot be sold so"


class DownloadFileNotFound(NotFound):
    """The variant has no such file, or it was retired."""

    code = "download_file_not_found"
    title = "No such file"


class TooManyFiles(Conflict):
    """A variant carries at most 50 files."""

    code = "too_many_files"
    title = "The variant carries as many files as it may"


class DownloadNotFound(NotFound):
    """There is no such download, or the link was not made by this shop."""

    code = "download_not_found"
    title = "No such download"


class DownloadLinkExpired(Gone):
    """The link is old; the order's page shows a fresh one."""

    code = "download_link_expired"
    title = "This link has expired"


class DownloadExpired(Gone):
    """The time in which the file could be fetched is over."""

    code = "download_expired"
    title = "This download has expired"


class DownloadRevoked(Forbidden):
    """The merchant has taken the right back."""

    code = "download_revoked"
    title = "This download was revoked"


class DownloadLimitReached(Forbidden):
    """The file was fetched as often as it may be."""

    code = "download_limit_reached"
    title = "This file was downloaded as often as it may be"
