"""What one can do with people, sessions, memberships and keys."""

from galleria.platform.access.service.admitting import (
    Admission,
    actor_of_key,
    actor_of_pass,
    admit,
    admit_again,
    admit_pass,
    answer_for_key,
    is_foreign,
    read_key,
)
from galleria.platform.access.service.asking import asking
from galleria.platform.access.service.keys import (
    change_key,
    create_key,
    get_key,
    import_keys,
    keys_with_ids,
    list_keys,
    revoke_key,
)
from galleria.platform.access.service.leaks import get_leak_policy, set_leak_policy, take_reports
from galleria.platform.access.service.memberships import (
    actor_of_membership,
    check_role,
    end_membership,
    grant,
    list_members,
    membership_of,
    owners_of,
    shops_of,
)
from galleria.platform.access.service.news import keep_keys_current
from galleria.platform.access.service.people import (
    change_password,
    create_person,
    person_of,
    person_with_email,
)
from galleria.platform.access.service.recovering import (
    has_second_factor,
    reset_password,
    reset_second_factor,
)
from galleria.platform.access.service.rotating import (
    cancel_rotation,
    finish_rotation,
    rotate_key,
    rotation_of,
    set_brown_out,
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
from galleria.platform.access.service.using import list_uses
from galleria.platform.access.service.warning import ending_soon, warn_of_ends

__all__ = [
    "Admission",
    "actor_of_key",
    "actor_of_membership",
    "actor_of_pass",
    "admit",
    "admit_again",
    "admit_pass",
    "answer_for_key",
    "asking",
    "cancel_rotation",
    "change_key",
    "change_password",
    "check_role",
    "confirm_totp",
    "create_key",
    "create_person",
    "disable_totp",
    "end_membership",
    "ending_soon",
    "enrol_totp",
    "finish_rotation",
    "forget_ended",
    "get_key",
    "get_leak_policy",
    "grant",
    "has_second_factor",
    "import_keys",
    "is_foreign",
    "keep_keys_current",
    "keys_with_ids",
    "list_keys",
    "list_members",
    "list_uses",
    "membership_of",
    "owners_of",
    "pass_second_factor",
    "person_of",
    "person_with_email",
    "read_key",
    "reset_password",
    "reset_second_factor",
    "revoke_key",
    "rotate_key",
    "rotation_of",
    "session_of",
    "set_brown_out",
    "set_leak_policy",
    "shops_of",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "take_reports",
    "warn_of_ends",
]
