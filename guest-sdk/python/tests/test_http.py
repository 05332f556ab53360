import unittest

from caisson import Problem, http
from caisson.testing import Host, reply


class Requests(unittest.TestCase):
    def setUp(self):
        self.host = self.enterContext(Host(settings={"api_base": "https://api.example.com/v2/"}))

    def test_a_request_carries_what_was_asked(self):
        self.host.on_http(lambda request: reply(200, {"ok": True}, {"X-Page": "2"}))
        client = http.Client.of_setting("api_base", bearer="api_key", headers={"Accept": "text/plain"})
        answer = client.post(["a", "b c", ".."], query={"page": 2}, json=[1])
        sent = self.host.requests[0]
        self.assertEqual(sent.url, "https://api.example.com/v2/a/b%20c/%252E%252E?page=2")
        self.assertEqual((sent.body, sent.credential), (b"[1]", ("Bearer", "api_key")))
        self.assertEqual(dict(sent.headers), {"accept": "text/plain", "content-type": "application/json"})
        self.assertEqual((answer.json(), answer.header("x-page")), ({"ok": True}, "2"))
        self.assertEqual(http.get("https://api.example.com/ping", bearer="k").text, '{"ok":true}')
        self.assertEqual(self.host.requests[1].url, "https://api.example.com/ping")

    def test_an_address_without_a_path_is_asked_as_it_was_typed(self):
        self.host.on_http(lambda request: reply(204))
        for address in ("https://a.example/x/", "https://a.example/x"):
            http.get(address)
            http.Client(address).get("/y")
        asked = [request.url for request in self.host.requests]
        self.assertEqual(asked, ["https://a.example/x/", "https://a.example/x/y", "https://a.example/x", "https://a.example/x/y"])

    def test_other_credentials_and_bodies(self):
        self.host.on_http(lambda request: reply(204))
        http.Client("https://a.example", basic=("jo", "password")).put(form={"a b": "1&2"})
        http.Client("https://a.example", key=("X-Key", "key")).delete("x")
        first, second = self.host.requests
        self.assertEqual((first.credential, first.body), (("Basic", ("jo", "password")), b"a%20b=1%262"))
        self.assertEqual((second.credential, second.url), (("Header", ("X-Key", "key")), "https://a.example/x"))

    def count(self, first, ask):
        answers = [first, reply(200, {})]
        self.host.requests.clear()
        self.host.on_http(lambda request: answers.pop(0))
        try:
            status = ask(http.Client("https://api.example.com")).status
        except Problem as problem:
            status = problem.code
        return len(self.host.requests), status

    def test_only_what_may_be_sent_twice_is_sent_again(self):
        broken = lambda: self.host.refused("Other", "reset")
        self.assertEqual(self.count(broken(), lambda api: api.get("x")), (2, 200))
        self.assertEqual(self.count(broken(), lambda api: api.post("x", idempotency_key="1")), (2, 200))
        self.assertEqual(self.count(reply(503), lambda api: api.delete("x")), (2, 200))
        self.assertEqual(self.count(broken(), lambda api: api.post("x")), (1, 502))
        self.assertEqual(self.count(self.host.refused("Timeout"), lambda api: api.get("x")), (1, 504))
        self.assertEqual(self.count(reply(500), lambda api: api.get("x")), (1, 500))
        self.assertEqual(self.count(reply(503, "", {"Retry-After": "9"}), lambda api: api.get("x")), (1, 503))

    def test_refusals_keep_the_providers_sentence_and_failures_do_not(self):
        cases = [
            (401, "{}", 424, "The provider refused the module's credentials."),
            (409, '{"error":"Domain already\\nexists"}', 409, "The provider refused: Domain already exists"),
            (422, '{"error":{"message":"no such plan"}}', 422, "The provider refused: no such plan"),
            (404, "<html>", 404, "The provider does not know it."),
            (429, "", 429, "The provider asks for a pause."),
            (500, '{"error":"at Db.java:12"}', 503, "The provider has a failure of its own."),
            (302, "", 502, "The provider answered something that the module does not understand."),
        ]
        for status, body, code, message in cases:
            self.host.on_http(lambda request, status=status, body=body: reply(status, body))
            with self.assertRaises(Problem) as raised:
                http.get("https://api.example.com").expect()
            self.assertEqual((raised.exception.code, raised.exception.message), (code, message))

    def test_no_answer_says_why(self):
        self.host.on_http(lambda request: self.host.refused("Resolve", "nxdomain"))
        with self.assertRaises(http.Unreachable) as raised:
            http.post("https://api.example.com")
        self.assertEqual((raised.exception.cause, raised.exception.code), ("Resolve", 503))
        self.assertIn("nxdomain", str(self.host.log))

    def test_a_missing_address_names_its_setting(self):
        with self.assertRaisesRegex(Problem, "424 The setting 'other' of this module is missing."):
            http.Client.of_setting("other")
