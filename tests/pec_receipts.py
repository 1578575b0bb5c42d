"""Receipts of certified mail as providers write them (RFC 6109, appendix A), with invented names."""

from dataclasses import dataclass

DATICERT = """<?xml version="1.0" encoding="UTF-8"?>
<postacert tipo="{kind}" errore="{error}">
<intestazione><mittente>rete@pec.example.org</mittente><destinatari tipo="certificato">{to}</destinatari>
<risposte>rete@pec.example.org</risposte><oggetto>Staffetta</oggetto></intestazione>
<dati><gestore-emittente>Gestore inventato</gestore-emittente>
<data zona="+0100"><giorno>{day}</giorno><ora>{hour}</ora></data>
<identificativo>opec1.example.org</identificativo><msgid>{about}</msgid>
<ricevuta tipo="completa"/><consegna>{to}</consegna></dati>
</postacert>
"""
MAIL = """X-Ricevuta: {kind}\r
X-Riferimento-Message-ID: {referred}\r
From: posta-certificata@pec.example.net\r
To: rete@pec.example.org\r
Subject: {subject}\r
Message-ID: <{kind}.opec1@pec.example.net>\r
MIME-Version: 1.0\r
Content-Type: multipart/{signed}; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="out"\r
\r
--out\r
Content-Type: multipart/mixed; boundary="in"\r
\r
--in\r
Content-Type: text/plain; charset=utf-8\r
\r
Il messaggio e' stato trattato.\r
--in\r
Content-Type: application/xml; name="daticert.xml"\r
Content-Disposition: inline; filename="daticert.xml"\r
\r
{daticert}\r
--in--\r
--out\r
Content-Type: application/pkcs7-signature; name="smime.p7s"\r
Content-Transfer-Encoding: base64\r
\r
MIIB\r
--out--\r
"""


@dataclass(frozen=True)
class Receipt:
    """One receipt; each test changes what it is about."""

    about: str
    kind: str = "avvenuta-consegna"
    to: str = "ente@pec.example.org"
    error: str = "nessuno"
    day: str = "24/11/2026"
    hour: str = "21:00:07"
    signed: str = "signed"
    certified_kind: str = ""
    certified_about: str = ""
    daticert: str = ""

    def raw(self) -> bytes:
        """Its bytes."""
        said = (self.certified_about or self.about).replace("<", "&lt;").replace(">", "&gt;")
        values = {"to": self.to, "error": self.error, "day": self.day, "hour": self.hour, "about": said}
        daticert = self.daticert or DATICERT.format(kind=self.certified_kind or self.kind, **values)
        subject = f"{self.kind.upper()}: Staffetta"
        return MAIL.format(
            kind=self.kind, referred=self.about, subject=subject, signed=self.signed, daticert=daticert
        ).encode()
