import decimal
import unittest
from dataclasses import dataclass

from caisson import Problem, any_of, schema, table, transaction
from caisson.db import value
from caisson.testing import Host


@dataclass
class Account:
    name: str
    load: int = 0
    id: int | None = None


def make() -> None:
    def columns(t: schema.Blueprint) -> None:
        t.id()
        t.varchar("name", 50).unique()
        t.integer("load").default(0)
        t.json("tags").nullable()
        t.timestamps()

    schema.create("accounts", columns)


class Statements(unittest.TestCase):
    def setUp(self):
        self.host = self.enterContext(Host())
        make()

    def test_rows_come_back_as_what_is_asked_for(self):
        self.assertEqual(table("accounts").insert(Account("a", 3)), 1)
        table("accounts").insert({"name": "b", "tags": ["x", {"y": 1}]})
        self.assertEqual(table("accounts").find(1, Account), Account("a", 3, 1))
        self.assertEqual(table("accounts").filter(name="b").one()["tags"], ["x", {"y": 1}])
        self.assertIsNone(table("accounts").filter(name="c").first())
        with self.assertRaises(Problem) as raised:
            table("accounts").filter(name="c").one()
        self.assertEqual(raised.exception.code, 404)

    def test_conditions(self):
        table("accounts").insert_many(Account(name, load) for name, load in (("a", 1), ("b", 5), ("c", 9)))
        names = lambda asked: asked.order_by("name").pluck("name")
        accounts = table("accounts")
        cases = [
            (accounts.where("load", ">", 1), ["b", "c"]),
            (accounts.where("name", "in", ["a", "c"]), ["a", "c"]),
            (accounts.where("load", "between", [1, 5]), ["a", "b"]),
            (accounts.where("tags", "=", None).filter(load=9), ["c"]),
            (accounts.where("tags", "!=", None), []),
            (accounts.where(any_of(("load", ">", 5), name="a")), ["a", "c"]),
        ]
        for asked, expected in cases:
            self.assertEqual(names(asked), expected)
        # Each step gave a statement of its own.
        self.assertEqual(accounts.count(), 3)
        self.assertEqual((accounts.sum("load"), accounts.max("load"), accounts.filter(name="z").exists()), (15, 9, False))
        self.assertEqual([len(rows) for rows in accounts.chunk("id", 2)], [2, 1])
        self.assertEqual(accounts.order_by("-load").limit(1).value("name"), "c")
        with self.assertRaises(ValueError):
            accounts.where("load", "~", 1)

    def test_changes(self):
        accounts = table("accounts")
        accounts.insert(Account("a"))
        with self.assertRaises(Problem) as raised:
            accounts.insert(Account("a"))
        self.assertEqual(raised.exception.code, 409)
        accounts.upsert(Account("a", 4), "name")
        accounts.insert_or_ignore(Account("a", 9), "name")
        self.assertEqual(accounts.filter(name="a").increment("load", 2), 1)
        self.assertEqual(accounts.get(Account), [Account("a", 6, 1)])
        self.assertEqual(accounts.filter(name="a").update(load=1), 1)
        self.assertEqual(accounts.filter(load=1).delete(), 1)
        self.assertEqual(accounts.count(), 0)

    def test_a_transaction_is_kept_whole_or_not_at_all(self):
        with transaction():
            table("accounts").insert(Account("kept"))
        with self.assertRaises(KeyError), transaction():
            table("accounts").insert(Account("lost"))
            raise KeyError("x")
        self.assertEqual(table("accounts").pluck("name"), ["kept"])

    def test_a_missing_table_is_the_modules_fault_and_logged(self):
        with self.assertRaises(Problem) as raised:
            table("nowhere").count()
        self.assertEqual(str(raised.exception), "500 A table or column of the module is missing.")
        self.assertEqual(self.host.log[0][:3], ("error", "database", "nowhere"))

    def test_a_row_of_another_shape_is_told(self):
        table("accounts").insert(Account("a"))
        with self.assertRaisesRegex(Problem, "not what the module expects"):
            table("accounts").columns("load").get(Account)

    def test_values_keep_their_kind(self):
        for given in (None, True, 7, 1.5, "ü", b"\0", decimal.Decimal("12.50"), {"a": [1]}):
            self.assertEqual(value.of_host(value.to_host(given)), given)
        self.assertEqual(type(value.to_host(True)).__name__, "Value_Boolean")
