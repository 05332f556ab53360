"""A panel in memory, for a module's own tests on any Python from 3.11.

    class Create(unittest.TestCase):
        def test_it_asks_the_provider(self):
            with Host(settings={"api_base": "https://api.example.com"}) as host:
                host.on_http(lambda request: reply(201, {"id": 7}))
                host.run_job("create", service("s1", service_data={"address": "jo@example.org"}))
                self.assertEqual(host.requests[0].method, "POST")
                self.assertEqual(host.statuses, {"s1": "completed"})

Calls go through the same adapter as in the panel: what a client or an administrator would be told is what these functions give or
raise.
"""

from caisson.testing.host import Host, Reply, Sent, reply, request, service

__all__ = ["Host", "Reply", "Sent", "reply", "request", "service"]
