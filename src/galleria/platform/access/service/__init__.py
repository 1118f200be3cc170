"""What one can do with people, sessions, memberships and keys."""

from galleria.platform.access.service.keys import (
    actor_of_key,
    actor_of_pass,
    create_key,
    keys_with_ids,
    list_keys,
    revoke_key,
)
from galleria.platform.access.service.memberships import (
    actor_of_membership,
    end_membership,
    grant,
    list_members,
    membership_of,
    owners_of,
    shops_of,
)
from galleria.platform.access.service.people import (
    change_password,
    create_person,
    person_of,
    person_with_email,
)
from galleria.platform.access.service.second_factor import confirm_totp, disable_totp, enrol_totp
from galleria.platform.access.service.signing_in import (
    pass_second_factor,
    session_of,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from galleria.platform.access.service.tidying import forget_ended

__all__ = [
    "actor_of_key",
    "actor_of_membership",
    "actor_of_pass",
    "change_password",
    "confirm_totp",
    "create_key",
    "create_person",
    "disable_totp",
    "end_membership",
    "enrol_totp",
    "forget_ended",
    "grant",
    "keys_with_ids",
    "list_keys",
    "list_members",
    "membership_of",
    "owners_of",
    "pass_second_factor",
    "person_of",
    "person_with_email",
    "revoke_key",
    "session_of",
    "shops_of",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
]
