"""Load a small believable company into a running portal, through its public API.

Dnipro Velo builds and sells bicycles and buys from ten suppliers; Karpaty Outdoor buys from two of them as
well. Afterwards there are orders and invoices in every status, with comments, deliveries and payments. All
names are invented.

COUNTERPART_URL names the portal (default: the one `./counterpart up` runs).
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from deploy.local import running
from deploy.local.caller import Caller
from deploy.local.places import CHECKOUT, var
from deploy.local.problems import Problem

PASSWORD = "green-hills-and-bicycles"
FIRST_PASSWORD = "only-until-first-sign-in"
OPERATOR = "olena@operator.example"


@dataclass(frozen=True)
class SupplierScript:
    """A supplier of the demo, its terms with Dnipro Velo, and what it sells: number, name, unit, price."""

    word: str
    name: str
    seller: str
    tolerance: str
    lead_time_days: int
    minimum_order: str
    products: tuple[tuple[str, str, str, str], ...]


SUPPLIERS = (
    SupplierScript("obod", "Obod Rims LLC", "Sofia Melnyk", "5", 7, "500", (
        ("OB-700C", "Rim 700C, double wall, 32 holes", "C62", "18.40"),
        ("OB-275", "Rim 27.5 in, tubeless ready", "C62", "22.90"),
        ("OB-SP26", "Spoke 264 mm, stainless", "C62", "0.185"),
        ("OB-NIP", "Spoke nipple, brass", "C62", "0.042"))),
    SupplierScript("guma", "Guma Tyres", "Ostap Bondar", "0", 5, "300", (
        ("GU-T40", "Touring tyre 40-622", "C62", "14.75"),
        ("GU-T50", "Gravel tyre 50-584", "C62", "21.30"),
        ("GU-TUBE", "Inner tube 700C", "C62", "3.10"))),
    SupplierScript("lanka", "Lanka Chains", "Petro Savchuk", "10", 3, "0", (
        ("LA-9", "Chain 9-speed, 116 links", "C62", "12.60"),
        ("LA-12", "Chain 12-speed, 126 links", "C62", "27.95"),
        ("LA-OIL", "Chain oil, bottle of 100 ml", "C62", "4.20"))),
    SupplierScript("ramka", "Ramka Frames", "Halyna Kravets", "2.5", 21, "2000", (
        ("RA-CITY", "City frame, steel, 54 cm", "C62", "96.00"),
        ("RA-GRAV", "Gravel frame, aluminium, 56 cm", "C62", "184.50"))),
    SupplierScript("halmo", "Halmo Brakes", "Denys Lysenko", "5", 10, "400", (
        ("HA-DISC", "Disc brake set, hydraulic", "SET", "58.30"),
        ("HA-PAD", "Brake pad pair", "PR", "5.45"))),
    SupplierScript("sidlo", "Sidlo Saddles", "Iryna Polishchuk", "0", 4, "0", (
        ("SI-LEA", "Saddle, leather", "C62", "41.00"),
        ("SI-GEL", "Saddle, gel", "C62", "17.80"))),
    SupplierScript("farba", "Farba Coatings", "Yurii Tkach", "3", 6, "250", (
        ("FA-RED", "Powder coating, red RAL 3020", "KGM", "7.25"),
        ("FA-BLK", "Powder coating, black RAL 9005", "KGM", "6.90"))),
    SupplierScript("karton", "Karton Packaging", "Maksym Hnatiuk", "5", 2, "0", (
        ("KA-BOX", "Bicycle box, five layers", "C62", "6.35"),
        ("KA-TAPE", "Adhesive tape, roll of 66 m", "C62", "1.15"))),
    SupplierScript("svitlo", "Svitlo Lights", "Kateryna Zaiets", "0", 8, "150", (
        ("SV-FRONT", "Front light 60 lx, dynamo", "C62", "24.40"),
        ("SV-REAR", "Rear light, steady and blink", "C62", "9.15"))),
    SupplierScript("vantazh", "Vantazh Carriers", "Roman Shevchuk", "5", 1, "0", (
        ("VA-TON", "Transport, per tonne", "TNE", "38.00"),
        ("VA-PAL", "Pallet place, per week", "WEE", "4.50"))),
)  # fmt: skip


#: Where each of them sits: street, city, postal code. The addresses are invented, the cities are not.
PLACES = {
    "dnipro-velo": ("vul. Sadova 12", "Dnipro", "49000"),
    "karpaty-outdoor": ("vul. Hirska 3", "Ivano-Frankivsk", "76000"),
    "obod": ("vul. Kolisna 41", "Kharkiv", "61000"),
    "guma": ("vul. Shynna 7", "Bila Tserkva", "09100"),
    "lanka": ("vul. Zavodska 18", "Poltava", "36000"),
    "ramka": ("vul. Zvarnykiv 2", "Zaporizhzhia", "69000"),
    "halmo": ("vul. Mekhanichna 30", "Kryvyi Rih", "50000"),
    "sidlo": ("vul. Shkiriana 5", "Vinnytsia", "21000"),
    "farba": ("vul. Barvysta 9", "Odesa", "65000"),
    "karton": ("vul. Paperova 14", "Zhytomyr", "10000"),
    "svitlo": ("vul. Yaskrava 1", "Lviv", "79000"),
    "vantazh": ("vul. Dorozhnia 77", "Uman", "20300"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The demo is what it is; `adventureworks` decides other people's purchasing instead."""
    parser.add_argument(
        "data",
        nargs="?",
        choices=["adventureworks"],
        help="decide these purchases, and print what comes of it",
    )
    parser.add_argument("path", nargs="?", type=Path, help="the folder the purchases are in")


def run(arguments: argparse.Namespace) -> int:
    """Load the demo into the portal that is running."""
    if arguments.data is not None:
        return _decide(arguments.path)
    held = running.holder(var())
    url = os.environ.get("COUNTERPART_URL") or (held.url if held else None)
    if not url:
        raise Problem(
            "No portal is running here: start it with ./counterpart up, which loads the demo itself."
        )
    for person in load(url, os.environ):
        print(f"  {person['email']:<32}  {person['password']}  {person['who']}")
    return 0


def _decide(folder: Path | None) -> int:
    """Imported here: a portal's demo needs nothing of the matching."""
    from deploy.local import adventureworks

    if folder is None:
        raise Problem("Say where the purchases are: ./counterpart demo adventureworks PATH.")
    print("\n".join(adventureworks.told(adventureworks.decided(adventureworks.read(folder)))))
    return 0


def load(url: str, environment: Mapping[str, str]) -> list[dict[str, str]]:
    """Everything of the demo; answers who can sign in: `email` (the name to sign in with), `password`, `who`."""
    return _Demo(url, environment).play()


class _Demo:
    def __init__(self, url: str, environment: Mapping[str, str]) -> None:
        self.url = url
        self.environment = dict(environment)
        self.today = date.today()  # noqa: DTZ011 - the day where the demo is looked at
        self.people: list[dict[str, str]] = []
        self.numbers: dict[str, int] = {}

    def play(self) -> list[dict[str, str]]:
        """The whole story."""
        self.operator = self._the_operator()
        velo = self._organisation("customer", "Dnipro Velo", "dnipro-velo", "Viktor Sydorenko")
        outdoor = self._organisation("customer", "Karpaty Outdoor", "karpaty-outdoor", "Lesia Romanchuk")
        self.anna = self._person(velo, "anna.velo", "Anna Kovalenko", ["initiator"], "Dnipro Velo: orders")
        self.taras = self._person(
            velo, "taras.velo", "Taras Hrytsenko", ["initiator", "supplier-manager"], "Dnipro Velo: suppliers"
        )
        self.maria = self._person(
            velo, "maria.velo", "Maria Danylko", ["buyer-accounting"], "Dnipro Velo: pays"
        )
        self.boss = self._person(
            velo, "viktor.velo", "Viktor Sydorenko", ["buyer-admin"], "Dnipro Velo: admin"
        )
        self.lesia = self._person(
            outdoor, "lesia.outdoor", "Lesia Romanchuk", ["initiator", "buyer-admin", "buyer-accounting"],
            "Karpaty Outdoor: everything",
        )  # fmt: skip
        self.sellers: dict[str, Caller] = {}
        self.ids: dict[str, str] = {}
        for script in SUPPLIERS:
            self._supplier(script)
        for word in ("guma", "karton"):
            self.lesia.post("/partnerships", {"supplier_id": self.ids[word], "terms": {"currency": "EUR"}})
        self._orders_without_invoice()
        self._invoiced_orders()
        self._neighbour()
        self._consolidated()
        return self.people

    # ------------------------------------------------------------------------------------------ the cast

    def _the_operator(self) -> Caller:
        done = subprocess.run(
            [
                sys.executable, "-m", "services.accounts.bootstrap", "--organisation", "Counterpart Operator",
                "--country", "UA", "--name", "Olena Moroz", "--email", OPERATOR,
            ],
            cwd=CHECKOUT,
            env={**self.environment, "COUNTERPART_BOOTSTRAP_PASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise Problem(
                f"The operator's first user could not be made: {(done.stderr or done.stdout).strip()}"
            )
        self._listed(OPERATOR, "Olena Moroz, the operator: support and management")
        return Caller.signed_in(self.url, OPERATOR, PASSWORD)

    def _organisation(self, kind: str, name: str, word: str, person: str) -> str:
        place, number = PLACES[word], 100 + list(PLACES).index(word)
        organisation = self.operator.post(
            "/organisations",
            {
                "kind": kind, "name": name, "country": "UA", "tax_number": f"UA40001{number}",
                "address": {
                    "street": place[0], "city": place[1], "postal_code": place[2]
                },
                "contact": {
                    "person": person, "email": f"office@{word}.example", "phone": f"+380 44 555 0{number}",
                    "website": f"https://{word}.example",
                },
            },
        )  # fmt: skip
        return str(organisation["id"])

    def _person(self, organisation: str, username: str, name: str, roles: list[str], who: str) -> Caller:
        self.operator.post(
            f"/organisations/{organisation}/members",
            {
                "username": username, "name": name, "roles": roles,
                "email": f"{username}@people.example", "password": FIRST_PASSWORD,
            },
        )  # fmt: skip
        first = Caller.signed_in(self.url, username, FIRST_PASSWORD)
        first.post("/profile/change-password", {"current_password": FIRST_PASSWORD, "new_password": PASSWORD})
        first.close()
        self._listed(username, f"{name}, {who}")
        return Caller.signed_in(self.url, username, PASSWORD)

    def _listed(self, name: str, who: str) -> None:
        self.people.append({"email": name, "password": PASSWORD, "who": who})

    def _supplier(self, script: SupplierScript) -> None:
        organisation = self._organisation("supplier", script.name, script.word, script.seller)
        self.ids[script.word] = organisation
        seller = self._person(
            organisation, f"{script.seller.split()[0].lower()}.{script.word}", script.seller,
            ["supplier-admin", "supplier-user"], f"{script.name} (supplier)",
        )  # fmt: skip
        self.sellers[script.word] = seller
        for number, name, unit, price in script.products:
            product = {"number": number, "name": name, "unit": unit, "unit_price": price}
            seller.post("/products", {**product, "currency": "EUR", "tax_rate": "20"})
        terms = {
            "currency": "EUR", "tolerance_rate": script.tolerance, "lead_time_days": script.lead_time_days,
            "minimum_order": script.minimum_order, "payment_days": 30,
        }  # fmt: skip
        self.taras.post("/partnerships", {"supplier_id": organisation, "terms": terms})

    # ------------------------------------------------------------------------------------------- the steps

    def _order(
        self, buyer: Caller, word: str, lines: dict[str, str], *, days_ago: int, wanted_in: int = 21,
        submit: bool = True, note: str = "",
    ) -> Any:  # fmt: skip
        ordered = self.today - timedelta(days=days_ago)
        return buyer.post(
            "/orders",
            {
                "supplier_id": self.ids[word],
                "lines": [
                    {"item_number": number, "quantity": quantity} for number, quantity in lines.items()
                ],
                "order_date": ordered.isoformat(),
                "delivery_date": (ordered + timedelta(days=wanted_in)).isoformat(),
                "delivery_address": "Dnipro Velo, vul. Sadova 12, Dnipro, gate 3",
                "note": note,
                "submit": submit,
            },
        )

    def _confirmed(
        self, word: str, lines: dict[str, str], *, days_ago: int, buyer: Caller | None = None
    ) -> Any:
        order = self._order(buyer or self.anna, word, lines, days_ago=days_ago)
        return self.sellers[word].post(f"/orders/{order['id']}/confirm")

    def _delivered(self, word: str, lines: dict[str, str], *, days_ago: int, rejected: str = "0") -> Any:
        order = self._confirmed(word, lines, days_ago=days_ago)
        path = f"/orders/{order['id']}"
        day = self.today - timedelta(days=days_ago - 3)
        shipped = [{"order_line": line["number"], "quantity": line["quantity"]} for line in order["lines"]]
        self.sellers[word].post(
            f"{path}/goods-issues", {"number": self._next("DN"), "day": day.isoformat(), "lines": shipped}
        )
        received = [{**line, "rejected_quantity": "0"} for line in shipped]
        received[0]["rejected_quantity"] = rejected
        received[0]["reason"] = "scratched in transport" if Decimal(rejected) else ""
        arrived = (day + timedelta(days=1)).isoformat()
        self.anna.post(
            f"{path}/goods-receipts", {"number": self._next("GR"), "day": arrived, "lines": received}
        )
        return order

    def _invoice(
        self, word: str, order: Any, *, days_ago: int, lines: list[dict[str, Any]] | None = None
    ) -> Any:
        content = {
            "order_id": order["id"],
            "number": self._next(word.upper()),
            "issue_date": (self.today - timedelta(days=days_ago)).isoformat(),
        }
        return self.sellers[word].post("/invoices", content if lines is None else {**content, "lines": lines})

    def _next(self, prefix: str) -> str:
        self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
        return f"{prefix}-{self.today.year}-{self.numbers[prefix]:04}"

    # ------------------------------------------------------------------------------------------- the story

    def _orders_without_invoice(self) -> None:
        """Draft, submitted, refused, cancelled, confirmed in part, with another date proposed, closed."""
        self._order(self.anna, "sidlo", {"SI-LEA": "20", "SI-GEL": "60"}, days_ago=0, submit=False)
        self._order(self.anna, "guma", {"GU-T40": "400", "GU-TUBE": "400"}, days_ago=0)
        self._order(
            self.taras, "ramka", {"RA-GRAV": "4"}, days_ago=1, wanted_in=7, note="As agreed at the fair."
        )
        refused = self._order(self.anna, "svitlo", {"SV-FRONT": "150"}, days_ago=4)
        self.sellers["svitlo"].post(
            f"/orders/{refused['id']}/refuse",
            {"reason": "The front light is out of production; see SV-FRONT2."},
        )
        called_off = self._order(self.anna, "farba", {"FA-RED": "80"}, days_ago=9)
        self.anna.post(f"/orders/{called_off['id']}/cancel", {"reason": "The red series moves to spring."})
        partly = self._order(self.anna, "halmo", {"HA-DISC": "120", "HA-PAD": "500"}, days_ago=6)
        self.sellers["halmo"].post(
            f"/orders/{partly['id']}/confirm",
            {"lines": [{"number": 1, "quantity": "80", "note": "40 more at the end of next month"}]},
        )
        self.anna.post(
            f"/orders/{partly['id']}/comments", {"text": "80 are fine for now. Please keep 40 for us."}
        )
        asked = self._confirmed("obod", {"OB-700C": "200", "OB-SP26": "6400"}, days_ago=3)
        later = self.today + timedelta(days=30)
        self.sellers["obod"].post(
            f"/orders/{asked['id']}/propose-delivery-date",
            {"date": later.isoformat(), "reason": "The rims come back from anodising a week late."},
        )
        closed = self._delivered("karton", {"KA-BOX": "250"}, days_ago=40)
        self.anna.post(f"/orders/{closed['id']}/close")

    def _invoiced_orders(self) -> None:
        """Draft, approved by itself, held, approved, rejected, returned, cancelled, partly paid, paid."""
        self._settled()
        self._held()
        waiting = self._confirmed("karton", {"KA-BOX": "100", "KA-TAPE": "40"}, days_ago=5)
        self.sellers["karton"].post("/invoice-drafts", {"order_id": waiting["id"]})
        taken_back = self._delivered("vantazh", {"VA-TON": "12"}, days_ago=12)
        dearer = self._invoice("vantazh", taken_back, days_ago=6, lines=[
            {"order_line": 1, "quantity": "12", "unit_price": "44.00"}])  # fmt: skip
        self.sellers["vantazh"].post(
            f"/invoices/{dearer['id']}/cancel", {"reason": "Last year's fuel surcharge."}
        )
        self._invoice("vantazh", taken_back, days_ago=5)

    def _settled(self) -> None:
        chains = self._delivered("lanka", {"LA-9": "300", "LA-OIL": "50"}, days_ago=60)
        paid = self._invoice("lanka", chains, days_ago=52)
        self.maria.post(
            f"/invoices/{paid['id']}/payments", {"amount": paid["gross"], "reference": "SEPA 2231"}
        )
        partly = self._invoice("ramka", self._delivered("ramka", {"RA-CITY": "40"}, days_ago=45), days_ago=38)
        self.maria.post(f"/invoices/{partly['id']}/payments", {"amount": "2000", "reference": "SEPA 2240"})
        scratched = self._invoice(
            "guma", self._delivered("guma", {"GU-T50": "200"}, days_ago=50, rejected="4"), days_ago=44
        )
        self.sellers["guma"].post(
            f"/invoices/{scratched['id']}/credit-notes",
            {
                "number": self._next("GUMA-CN"), "basis": "quantity", "lines": [{"line": 1, "quantity": "4"}],
                "reason": "Four tyres arrived scratched.",
            },
        )  # fmt: skip
        tolerated = self._delivered("halmo", {"HA-PAD": "1000"}, days_ago=20)
        self._invoice("halmo", tolerated, days_ago=14, lines=[
            {"order_line": 1, "quantity": "1000", "unit_price": "5.70"}])  # fmt: skip

    def _held(self) -> None:
        dearer = self._delivered("guma", {"GU-T40": "250"}, days_ago=15)
        above = self._invoice("guma", dearer, days_ago=9, lines=[
            {"order_line": 1, "quantity": "250", "unit_price": "15.20"}])  # fmt: skip
        self.sellers["guma"].post(
            f"/invoices/{above['id']}/comments",
            {"text": "The new price list is of the 1st, as announced in June."},
        )
        surprise = self._delivered("obod", {"OB-275": "60"}, days_ago=18)
        freight = {"description": "Express freight", "unit": "C62", "quantity": "1", "unit_price": "95"}
        unordered = self._invoice(
            "obod", surprise, days_ago=11, lines=[{"order_line": 1, "quantity": "60"}, freight]
        )
        self.anna.post(f"/invoices/{unordered['id']}/approve", {"remark": "I asked for express by phone."})
        wrong = self._delivered("svitlo", {"SV-REAR": "300"}, days_ago=25)
        rejected = self._invoice("svitlo", wrong, days_ago=17, lines=[
            {"order_line": 1, "quantity": "300", "unit_price": "10.15"}])  # fmt: skip
        self.anna.post(f"/invoices/{rejected['id']}/reject", {"reason": "The agreed price is 9.15."})
        unclear = self._delivered("farba", {"FA-BLK": "120"}, days_ago=22)
        returned = self._invoice("farba", unclear, days_ago=13, lines=[
            {"order_line": 1, "quantity": "120", "unit_price": "7.40"}])  # fmt: skip
        reason = "Please put the surcharge on a line of its own."
        self.anna.post(f"/invoices/{returned['id']}/return", {"reason": reason})

    def _neighbour(self) -> None:
        order = self._order(self.lesia, "guma", {"GU-TUBE": "120"}, days_ago=8)
        self.sellers["guma"].post(f"/orders/{order['id']}/confirm")
        self._invoice("guma", order, days_ago=2)
        self._order(self.lesia, "karton", {"KA-TAPE": "24"}, days_ago=1)

    def _consolidated(self) -> None:
        """The operator's invoices to both customers, of what was approved until now."""
        self.operator.post("/consolidation/runs", {})
