"""Which release this is, for whoever reads a server's log."""

import platform

VERSION = "0.1.0"
USER_AGENT = f"galleria-client-python/{VERSION} python/{platform.python_version()}"
