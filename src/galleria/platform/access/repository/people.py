"""SQL of people, their passwords and their memberships."""

from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.platform.access.model.people import Account, Member, Membership, Person

_PERSON = ", ".join(Person.__struct_fields__)
_MEMBERSHIP = ", ".join(Membership.__struct_fields__)
# `$1 = 0`: people and accounts are looked up from the house only, as the policies say too.
_ACCOUNT = """
SELECT person.person_id, person.email_key, password.password_hash,
       EXISTS (SELECT FROM access.totp WHERE totp.tenant_id = $1
               AND totp.person_id = person.person_id AND totp.confirmed_at IS NOT NULL) AS has_totp
FROM access.person JOIN access.password
  ON password.tenant_id = $1 AND password.person_id = person.person_id
WHERE $1 = 0
"""


async def add_person(tx: Transaction, person: Person) -> bool:
    """The person is kept; False when someone has the e-mail."""
    return bool(
        await tx.execute(
            "INSERT INTO access.person (person_id, email, email_key, name, created_at)"
            " SELECT $2::uuid, $3::text, $4::text, $5::text, $6::timestamptz WHERE $1 = 0"
            " ON CONFLICT (email_key) DO NOTHING",
            person.person_id,
            person.email,
            person.email_key,
            person.name,
            person.created_at,
        )
    )


async def find_person(reader: Reader, person_id: UUID) -> Person | None:
    """The person; None too when the reader is a shop they do not work in."""
    row = await reader.read_row(
        f"SELECT {_PERSON} FROM access.person WHERE $1 >= 0 AND person_id = $2", person_id
    )
    return None if row is None else Person(**row)


async def find_person_by_email(reader: Reader, email_key: str) -> Person | None:
    """The person with this e-mail. The house's own reading."""
    row = await reader.read_row(
        f"SELECT {_PERSON} FROM access.person WHERE $1 = 0 AND email_key = $2", email_key
    )
    return None if row is None else Person(**row)


async def find_account(reader: Reader, email_key: str) -> Account | None:
    """What signing in with this e-mail checks."""
    row = await reader.read_row(f"{_ACCOUNT} AND person.email_key = $2", email_key)
    return None if row is None else Account(**row)


async def lock_account(tx: Transaction, person_id: UUID) -> Account | None:
    """The same by person, locked: password, second factor and new sessions follow one another."""
    row = await tx.fetch_row(
        f"{_ACCOUNT} AND person.person_id = $2 FOR UPDATE OF password", person_id
    )
    return None if row is None else Account(**row)


async def set_password(tx: Transaction, person_id: UUID, password_hash: str) -> None:
    """The person's password is this one from now on."""
    await tx.execute(
        "INSERT INTO access.password (tenant_id, person_id, password_hash, changed_at)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, person_id) DO UPDATE"
        " SET password_hash = EXCLUDED.password_hash, changed_at = EXCLUDED.changed_at",
        person_id,
        password_hash,
        tx.now,
    )


async def set_membership(tx: Transaction, person_id: UUID, role: str) -> None:
    """The person has the role in this tenant."""
    await tx.execute(
        "INSERT INTO access.membership (tenant_id, person_id, role, created_at)"
        " VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = EXCLUDED.role",
        person_id,
        role,
        tx.now,
    )


async def remove_membership(tx: Transaction, person_id: UUID) -> bool:
    """The person works in this tenant no more; False when they did not."""
    return bool(
        await tx.execute(
            "DELETE FROM access.membership WHERE tenant_id = $1 AND person_id = $2", person_id
        )
    )


async def lock_holders(tx: Transaction, role: str) -> list[UUID]:
    """Who has this role in this tenant; none of them can lose it until the commit."""
    rows = await tx.fetch(
        "SELECT person_id FROM access.membership WHERE tenant_id = $1 AND role = $2"
        " ORDER BY person_id FOR UPDATE",
        role,
    )
    return [row["person_id"] for row in rows]


async def holders_of(reader: Reader, role: str) -> list[UUID]:
    """Who has this role in the reader's tenant."""
    rows = await reader.read(
        "SELECT person_id FROM access.membership WHERE tenant_id = $1 AND role = $2"
        " ORDER BY person_id",
        role,
    )
    return [row["person_id"] for row in rows]


async def find_membership(reader: Reader, person_id: UUID) -> Membership | None:
    """The person's membership in the reader's tenant."""
    row = await reader.read_row(
        f"SELECT {_MEMBERSHIP} FROM access.membership WHERE tenant_id = $1 AND person_id = $2",
        person_id,
    )
    return None if row is None else Membership(**row)


async def members_after(reader: Reader, after: UUID | None, count: int) -> list[Member]:
    """At most `count` members of the reader's tenant in the order of their ids."""
    rows = await reader.read(
        "SELECT person_id, person.email, person.name, membership.role, membership.created_at"
        " FROM access.membership JOIN access.person USING (person_id)"
        " WHERE membership.tenant_id = $1 AND membership.person_id > $2"
        " ORDER BY person_id LIMIT $3",
        after or UUID(int=0),
        count,
    )
    return [Member(**row) for row in rows]


async def memberships_of(reader: Reader, person_id: UUID) -> list[Membership]:
    """All memberships of a person, in every tenant. The house's own reading."""
    rows = await reader.read(
        f"SELECT {_MEMBERSHIP} FROM access.membership WHERE $1 = 0 AND person_id = $2"
        " ORDER BY tenant_id",
        person_id,
    )
    return [Membership(**row) for row in rows]


async def membership_in(reader: Reader, person_id: UUID, tenant_id: int) -> Membership | None:
    """A person's membership in a named tenant. The house's own reading."""
    row = await reader.read_row(
        f"SELECT {_MEMBERSHIP} FROM access.membership"
        " WHERE $1 = 0 AND person_id = $2 AND tenant_id = $3",
        person_id,
        tenant_id,
    )
    return None if row is None else Membership(**row)
