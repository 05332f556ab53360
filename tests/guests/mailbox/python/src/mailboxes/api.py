"""The provider's API."""

from typing import Any

from caisson import Problem, http


class Api:
    def __init__(self) -> None:
        self.client = http.Client.of_setting("api_base", bearer="api_key")

    def ping(self) -> str:
        try:
            answer = self.client.get("ping")
        except http.Unreachable:
            raise Problem.bad_answer("The provider could not be reached.") from None
        if answer.status == 401:
            raise Problem(422, "The provider does not accept this API key.")
        return answer.expect().text

    def create(self, address: str, quota: int) -> None:
        # There already: an earlier try made it.
        self._ask("POST", ["mailboxes"], {"address": address, "quota": quota}, done=409)

    def change(self, address: str, **changes: Any) -> None:
        self._ask("PATCH", ["mailboxes", address], changes)

    def delete(self, address: str) -> None:
        self._ask("DELETE", ["mailboxes", address], None, done=404)

    def _ask(self, method: str, path: list[str], body: Any, done: int = 200) -> None:
        try:
            answer = self.client.request(method, path, json=body)
        except http.Unreachable:
            raise Problem.unavailable("The provider could not be reached.") from None
        if answer.ok or answer.status == done:
            return
        if answer.status >= 500:
            raise Problem.unavailable("The provider has a failure of its own.")
        raise Problem(answer.status, f"The provider refused the mailbox: {answer.reason()}")
