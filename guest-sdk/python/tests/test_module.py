import unittest

from caisson import Problem, Response, Veto, View, action, build, button, exports, job, module, on, product, tab
from caisson.module import NotificationModule, ProductModule, notification
from caisson.testing import request, service
from tests.module import Plain, served


class Shop(Plain):
    @tab("overview")
    def overview(self, service, request):
        return {"name": service.client.name, "page": request.query.get("page")}

    @action("refresh")
    def refresh(self, service, request):
        return f"Refreshed {request.form['what']}."

    @button("restart")
    def restart(self, service):
        return "It restarts."

    @on("service.creating")
    def judge(self, event):
        return Veto("Closed.") if event.payload()["product"] == "p9" else None

    def service_page(self, service):
        return View("service", {"id": service.id})

    @job("broken")
    def broken(self, job):
        return {}["missing"]


class Dispatch(unittest.TestCase):
    def test_functions_are_found_by_what_they_are_for(self):
        with served(Shop) as host:
            self.assertEqual(host.open_tab("overview", service(), request(page="2")), {"name": "Jo", "page": "2"})
            answer = host.act("refresh", service(), request("POST", form={"what": "it"}))
            self.assertEqual((answer.status, answer.body.value), (200, "Refreshed it."))
            self.assertEqual(host.call(exports.Product().run_action, "restart", service()), "It restarts.")
            page = host.call(exports.Product().service_page, service())
            self.assertEqual((page.template, page.data), ("service", '{"id":"s1"}'))

    def test_an_event_goes_on_unless_it_is_vetoed(self):
        with served(Shop) as host:
            self.assertEqual(type(host.tell("service.creating", {"product": "p1"})).__name__, "Verdict_Proceed")
            veto = host.tell("service.creating", {"product": "p9"})
            self.assertEqual((type(veto).__name__, veto.value), ("Verdict_Veto", "Closed."))
            self.assertEqual(type(host.tell("unheard", {})).__name__, "Verdict_Proceed")

    def test_an_exception_is_the_modules_failure_and_goes_to_the_log(self):
        with served(Shop) as host:
            with self.assertRaises(Problem) as raised:
                host.run_job("broken")
            self.assertEqual(str(raised.exception), "500 The module failed; its log says where.")
            level, what, place, text = host.log[0]
            self.assertEqual((level, what), ("error", "exception"))
            self.assertIn("test_module.py", place)
            self.assertIn("KeyError: 'missing'", text)

    def test_what_the_manifest_does_not_ask_for_is_said_so(self):
        with served(Plain) as host:
            from caisson import _host

            parts = host._parts()
            del parts["tasks"]
            _host.use(parts)
            with self.assertRaises(Problem) as raised:
                host.call(exports.Product().create, service())
            self.assertEqual(raised.exception.code, 501)
            self.assertIn("module.toml does not ask for 'tasks'", str(host.log[0]))

    def test_answers_become_responses(self):
        cases = [
            ("text", "Text", 200),
            (None, "Empty", 204),
            ({"a": 1}, "Json", 200),
            (View("page"), "View", 200),
            (Response.redirect("elsewhere"), "Redirect", 303),
        ]
        for answer, kind, status in cases:
            made = Response.of(answer)
            self.assertEqual((made.body[0], made.status), (kind, status))


class Declared(unittest.TestCase):
    def setUp(self):
        module.forget_module()
        self.addCleanup(module.forget_module)

    def test_a_class_that_cannot_be_the_module_is_refused(self):
        class Half(ProductModule):
            @job("create")
            def make(self, service): ...

        class Silent(NotificationModule): ...

        class Twice(Plain): ...

        cases = [
            (product, Half, 'needs a function with @job("terminate")'),
            (product, Silent, "derives from ProductModule"),
            (notification, Silent, "needs a method send"),
        ]
        for declare, kind, words in cases:
            with self.assertRaisesRegex(TypeError, words.replace("(", r"\(").replace(")", r"\)")):
                declare(kind)
        product(Plain)
        with self.assertRaisesRegex(TypeError, "are two"):
            product(Twice)

    def test_two_functions_for_one_thing_are_refused(self):
        with self.assertRaisesRegex(TypeError, "two functions for the tab 'a': one and two"):

            class Double(Plain):
                @tab("a")
                def one(self, service, request): ...

                @tab("a")
                def two(self, service, request): ...

    def test_what_the_manifest_declares_must_be_there(self):
        declared = {"type": "product", "tabs": ["overview", "files"], "actions": [], "buttons": [], "routes": ["r"]}
        declared |= {"jobs": ["create"], "events": []}
        said = list(build.missing(Shop(), "product", declared))
        self.assertEqual(len(said), 2)
        self.assertEqual(said[0], "module.toml declares the tab 'files', and no function of Shop has @tab(\"files\").")
        self.assertIn("is a @product", next(build.missing(Shop(), "product", {**declared, "type": "plugin"})))
