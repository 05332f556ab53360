import unittest

from caisson import Money, Problem, cache, config, crypto, events, mail, notifications, payments, tasks, translate, validate
from caisson.testing import Host


class Functions(unittest.TestCase):
    def setUp(self):
        self.host = self.enterContext(Host(settings={"limit": 3}, config={"prefix": "c"}))

    def test_configuration(self):
        self.assertEqual((config.get("prefix"), config.setting("limit", int), config.get("none")), ("c", 3, None))
        with self.assertRaises(Problem) as raised:
            config.setting("limit", str)
        self.assertEqual(raised.exception.code, 500)

    def test_what_is_remembered_is_made_once_and_errors_are_not_kept(self):
        def fail():
            raise Problem.unavailable("not now")

        with self.assertRaises(Problem):
            cache.remember("n", 60, fail)
        self.assertEqual((cache.remember("n", 60, lambda: [7]), cache.remember("n", 60, fail)), ([7], [7]))
        self.assertEqual((cache.add("n", 1, 60), cache.increment("m", 2), cache.increment("m")), (False, 2, 3))

    def test_tasks_events_and_people(self):
        tasks.add("sync", {"page": 1}, tries=5, delay=60)
        task = self.host.tasks[0]
        self.assertEqual((task.method, task.payload, task.options.tries, task.options.delay_s), ("sync", {"page": 1}, 5, 60))
        events.dispatch("made", id="x")
        notifications.to_client("c1", "ready", name="a")
        self.assertEqual((self.host.events, self.host.notified), ([("made", {"id": "x"})], [("c1", "ready", {"name": "a"})]))
        self.assertEqual(translate("greeting", name="Jo"), 'greeting {"name":"Jo"}')

    def test_validation_gives_what_has_rules_or_every_error(self):
        self.assertEqual(validate({"a": 1, "b": 2}, {"a": "integer"}), {"a": 1})
        self.host.rejects["a"] = "The a field is required."
        with self.assertRaises(Problem) as raised:
            validate({}, {"a": ("required", "Say a.")})
        self.assertEqual((raised.exception.code, raised.exception.errors), (422, [("a", "The a field is required.")]))

    def test_a_payment_that_comes_twice_counts_once(self):
        pay = lambda: payments.paid("i1", "ch_1", Money(1999, "EUR"), fee=Money(59, "EUR"), details={"x": 1})
        self.assertEqual((pay(), pay()), (True, False))
        self.assertEqual(self.host.payments[0].amount.minor, 1999)

    def test_mail_and_names(self):
        mail.send(mail.Server("smtp.example.com"), sender="a@example.com", to=["b@example.com"], subject="S", text="T")
        self.assertEqual((self.host.mails[0].from_, self.host.mails[0].to), ("a@example.com", ["b@example.com"]))
        self.assertRegex(crypto.name("u", 8), r"^u[a-z2-9]{7}$")

    def test_a_missing_grant_is_named(self):
        grant = type("Denied", (), {"grant": "cache", "reason": "it was not approved."})()
        with self.assertRaises(Problem) as raised:
            self.host._parts()
            from caisson import _host

            def denied(*_):
                raise self.host.refused("Denied", grant, interface="cache")

            _host.use({**self.host._parts(), "cache": type(_host.part("cache"))(get=denied)})
            cache.get("a")
        self.assertEqual(str(raised.exception), "403 The grant 'cache' is missing: it was not approved.")
