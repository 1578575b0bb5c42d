"""What mail servers write back on a mail, by the published format (RFC 3464), as Postfix words it."""

from cli.demo.received import ReceivedMail

TEXTS = {"failed": "5.1.1", "delayed": "4.4.1", "delivered": "2.0.0", "relayed": "2.0.0"}


def report_on(
    alert: ReceivedMail, action: str, *, recipient: str = "", message_id: str = "", status: str = "", number: int = 1
) -> bytes:
    """A report of delivery status on this mail. `number` tells two reports apart."""
    address = recipient or alert.recipient
    returned = message_id or alert.message_id
    lines = [
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example.org (Mail Delivery System)",
        "To: staffetta@example.org",
        "Subject: Delivery Status Notification",
        f"Message-ID: <{action}-{number}-{abs(hash(returned))}@mx.example.org>",
        "Auto-Submitted: auto-replied",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
        "MIME-Version: 1.0",
        "",
        "--b1",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "1",
        "This is the mail system at host mx.example.org.",
        "",
        "--b1",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        f"Final-Recipient: rfc822; {address}",
        f"Original-Recipient: rfc822;{address}",
        f"Action: {action}",
        f"Status: {status or TEXTS[action]}",
        "Diagnostic-Code: smtp; 550 5.1.1 somebody's own words",
        "",
        "--b1",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {returned}",
        f"To: {address}",
        "Subject: what was sent",
        "",
        "--b1--",
        "",
    ]
    return "\r\n".join(lines).encode()
