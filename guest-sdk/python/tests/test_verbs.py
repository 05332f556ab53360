import unittest
from dataclasses import dataclass

from caisson import Problem, ProvisionStatus, exports, job, services
from caisson.testing import service
from tests.module import Plain, served


@dataclass
class Plan:
    size: int = 1


class Sized(Plain):
    ProductData = Plan

    @job("change-package")
    def change(self, service, previous):
        self.done.append((previous, service.product_data(Plan)))

    @job("suspend")
    def stop(self, service):
        services.set_status(service.id, ProvisionStatus.PAUSE)

    @job("unsuspend")
    def go_on(self, service):
        raise Problem.unavailable("Not now.")


class Verbs(unittest.TestCase):
    def test_a_verb_is_queued_and_its_job_sets_the_status(self):
        with served(Sized) as host:
            host.call(exports.Product().create, service())
            task = host.tasks[0]
            options = task.options
            self.assertEqual((task.method, options.unique_key, options.tries, options.backoff_s), ("create", "create:s1", 3, 10))
            self.assertEqual(host.statuses, {"s1": "processing"})
            self.assertEqual(host.run_job("create", service()), {})
            self.assertEqual(host.statuses, {"s1": "completed"})

    def test_a_status_that_the_job_set_stays(self):
        with served(Sized) as host:
            host.run_job("suspend", service())
            self.assertEqual(host.statuses, {"s1": "pause"})
            # Another call has forgotten what this one wrote.
            host.run_job("create", service())
            self.assertEqual(host.statuses, {"s1": "completed"})

    def test_a_failed_job_is_logged_and_sets_nothing(self):
        with served(Sized) as host:
            with self.assertRaises(Problem) as raised:
                host.run_job("unsuspend", service())
            self.assertEqual((raised.exception.code, host.statuses), (503, {}))
            self.assertEqual(host.log, [("error", "unsuspend", "s1", "Not now.")])

    def test_a_package_change_keeps_a_suspended_service_suspended(self):
        with served(Sized) as host:
            suspended = service(status="suspended", product_data={"size": 9})
            host.call(exports.Product().change_package, suspended, '{"size":4}')
            payload = host.tasks[0].payload
            self.assertEqual(payload, {"previous": {"size": 4}, "suspended": True})
            host.run_job("change-package", service(product_data={"size": 9}), payload)
            self.assertEqual(host.statuses, {"s1": "suspended"})

    def test_what_a_module_cannot_do_is_said(self):
        with served(Plain) as host:
            for method, code in (("suspend", 405), ("change-package", 405), ("sync", 404)):
                with self.assertRaises(Problem) as raised:
                    host.run_job(method, service())
                self.assertEqual(raised.exception.code, code, method)
            with self.assertRaises(Problem) as raised:
                host.run_job("create")
            self.assertEqual(raised.exception.code, 400)
