"""What the accounts room hands to the roof."""

from galleria.commerce.accounts.jobs import ENQUEUES, SCHEDULES, SEND_LETTERS
from galleria.commerce.accounts.model.accounts import AccountSettings
from galleria.commerce.accounts.routes import ROUTES
from galleria.commerce.accounts.service.leaving import erase_accounts, export_accounts
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.accounts",
    routes=ROUTES,
    enqueues=ENQUEUES,
    jobs=[SEND_LETTERS],
    schedules=SCHEDULES,
    settings=AccountSettings,
    export=export_accounts,
    erase=erase_accounts,
)
