"""kazoo-classic, which goes on from Kazoo 4.3 (2600hz/kazoo-classic, `main`)."""

from dataclasses import replace

from mockcdrs.crossbar.versions.kazoo_4_3 import KAZOO_4_3

KAZOO_CLASSIC = replace(
    KAZOO_4_3,
    name="classic",
    sentence="2600hz/kazoo-classic, which continues 4.3.",
    reseller_columns=(*KAZOO_4_3.reseller_columns, "reseller_id", "account_id"),
)
