"""Writes a message in the form in which mail travels (RFC 5322, MIME, RFC 2369, RFC 8058)."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from galleria.engines.mail import Message, Sender, wire_address


def compose(message: Message, sender: Sender, sent_at: datetime) -> EmailMessage:
    """The letter, text first and HTML as its alternative, in UTF-8.

    Its Message-ID comes from `mail_id`, so a letter that is sent twice is seen as one.
    """
    from_address = wire_address(sender.address)
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(message.sender_name or sender.name, addr_spec=from_address)
    letter["To"] = Address(addr_spec=wire_address(message.to))
    letter["Subject"] = message.subject
    letter["Date"] = sent_at
    letter["Message-ID"] = f"<{message.mail_id}@{from_address.rpartition('@')[2]}>"
    # Keeps holiday notes from answering us (RFC 3834).
    letter["Auto-Submitted"] = "auto-generated"
    if message.reply_to is not None:
        letter["Reply-To"] = Address(addr_spec=wire_address(message.reply_to))
    if message.unsubscribe_url is not None:
        letter["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(message.text, charset="utf-8")
    if message.html is not None:
        letter.add_alternative(message.html, subtype="html", charset="utf-8")
    return letter
