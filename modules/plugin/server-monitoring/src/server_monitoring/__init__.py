"""Watches web pages, ports, hosts and certificates.

`hosts` is what may be reached, `store` the tables, `attempt` one try of a check, `watch` what its result leads to, `rounds` what
comes round, `form` how checks are made and changed, `report` what is shown of them. This file is what the panel calls.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from caisson import (
    PluginModule,
    Problem,
    Request,
    Response,
    View,
    http,
    job,
    log,
    plugin,
    probe,
    route,
    table,
    time,
    translate,
)
from caisson.values import Job

from server_monitoring import form, report, rounds, watch
from server_monitoring.attempt import attempt
from server_monitoring.hosts import Place, is_listed, listed
from server_monitoring.store import Check, check_of, checks, create_tables
from server_monitoring.watch import Rules

#: The permission that changes something.
MANAGE = "manage"
#: Checks that the dashboard shows, and rows of a page.
ON_DASHBOARD, PAGE = 40, 25
#: Hosts that a setting may list, and what a test of the connection may take: somebody waits for it.
HOSTS_MAX, TEST_S = 100, 10


@plugin
class ServerMonitoring(PluginModule):
    Settings = Rules

    def activate(self) -> None:
        create_tables()

    def update(self, from_version: str) -> None:
        create_tables()

    # Settings.

    def save_settings(self, settings: Rules) -> Rules:
        settings.hosts = list(dict.fromkeys(one.strip() for one in settings.hosts))
        wrong = [one for one in settings.hosts if not _may_be_listed(one)]
        if wrong:
            raise Problem.invalid({"hosts": translate("hosts-wrong", entry=wrong[0][:100])})
        if len(settings.hosts) > HOSTS_MAX:
            raise Problem.invalid({"hosts": translate("hosts-too-many", most=HOSTS_MAX)})
        return settings

    def settings_page(self, settings: Rules) -> View:
        """Checks that the settings as they are saved let nobody reach."""
        lost = [check.name for check in checks().filter(paused=False).get(Check) if not _is_reachable(check)]
        return View("admin_area/settings", {"lost": lost, "count": checks().count()})

    def test_connection(self, settings: Rules) -> str:
        until, tried = time.now() + TEST_S * 1000, 0
        for entry in settings.hosts:
            left = (until - time.now()) / 1000
            if left < 1 or tried == 30:
                return translate("test-some", tried=tried, all=len(settings.hosts))
            _reach(entry, min(left, 5))
            tried += 1
        return translate("test-all", tried=tried)

    # What comes round.

    @job("start-checks")
    def start_checks(self, job: Job) -> Any:
        return rounds.start()

    @job("check")
    def run_check(self, job: Job) -> Any:
        id = job.payload(dict)["id"]
        check = checks().find(id, Check)
        if check is None or check.paused:
            return {"state": "gone" if check is None else "paused"}
        try:
            outcome = attempt(check)
        except Problem as problem:
            # Nothing is known of the host then: the check keeps its state, and its page says why it is not checked.
            checks().filter(id=id).update(note=problem.message[:300])
            raise
        return {"state": watch.record(id, outcome, Rules.saved()), **asdict(outcome)}

    @job("alert")
    def alert(self, job: Job) -> Any:
        due = job.payload(dict)
        return {"told": watch.tell(due["incident"], due["event"], due["number"])}

    @job("purge")
    def purge(self, job: Job) -> Any:
        return rounds.purge(Rules.saved())

    # Pages.

    @route("dashboard")
    def dashboard(self, request: Request) -> View:
        return View("admin_area/dashboard", {**report.dashboard(ON_DASHBOARD), "may_manage": request.may(MANAGE)})

    @route("checks")
    def list_checks(self, request: Request) -> View:
        search, state, page = request.query.get("search", "").strip(), request.query.get("state", ""), _page(request)
        found = report.by_worst(checks().get(Check))
        all = len(found)
        if search:
            found = [one for one in found if search.lower() in f"{one.name} {one.target}".lower()]
        if state:
            found = [one for one in found if report.shown_state(one) == state]
        up = report.uptimes(time.now() - 30 * report.DAY)
        rows = [report.row_of(one, up) for one in found[(page - 1) * PAGE : page * PAGE]]
        listing = {
            "search": search, "state": state, "filtered": bool(search or state), "page": page, "total": len(found),
            "from": (page - 1) * PAGE + 1, "to": (page - 1) * PAGE + len(rows), "more": page * PAGE < len(found),
        }  # fmt: skip
        states = report.labels("state", list(report.ORDER))
        shown = {"rows": rows, "all": all, "listing": listing, "states": states, "may_manage": request.may(MANAGE)}
        return View("admin_area/checks", shown)

    @route("check")
    def show_check(self, request: Request) -> View:
        check = check_of(request.params["id"])
        period = request.query.get("period", "day")
        period = period if period in report.PERIODS else "day"
        now, page = time.now(), _page(request)
        times, states = report.series(report.hours_since(now - report.PERIODS[period][0], check.id), period)
        up = {name: report.uptimes(now - length, check.id).get(check.id) for name, (length, _, _) in report.PERIODS.items()}
        results = table("results").filter(check_id=check.id)
        rows = results.order_by("-id").limit(PAGE + 1).offset((page - 1) * PAGE).get(dict)
        shown = {
            "check": {**asdict(check), "state": report.shown_state(check)}, "period": period, "times": times, "states": states,
            "uptimes": {name: "–" if share is None else f"{share:g} %" for name, share in up.items()},
            "incidents": report.incidents(check.id, limit=10), "results": rows[:PAGE],
            "page_number": page, "more": len(rows) > PAGE,
            "may_manage": request.may(MANAGE),
        }  # fmt: skip
        return View("admin_area/check", shown)

    @route("new-check")
    def new_check(self, request: Request) -> View:
        return _form_page(None, form.DEFAULTS)

    @route("add-check")
    def add_check(self, request: Request) -> Response:
        return _saved(None, request, lambda: form.add(request.form))

    @route("edit-check")
    def edit_check(self, request: Request) -> View:
        check = check_of(request.params["id"])
        return _form_page(check.id, form.values(check))

    @route("save-check")
    def save_check(self, request: Request) -> Response:
        check = check_of(request.params["id"])
        return _saved(check.id, request, lambda: form.change(check, request.form))

    @route("pause-check")
    def pause_check(self, request: Request) -> Response:
        return _shown(form.pause(check_of(request.params["id"]), True))

    @route("resume-check")
    def resume_check(self, request: Request) -> Response:
        return _shown(form.pause(check_of(request.params["id"]), False))

    @route("run-check")
    def run_now(self, request: Request) -> Response:
        check = check_of(request.params["id"])
        _run(check)
        return _shown(check)

    @route("delete-check")
    def delete_check(self, request: Request) -> Response:
        _delete(check_of(request.params["id"]))
        return Response.redirect("checks")

    # The API.

    @route("api-list-checks")
    def api_list_checks(self, request: Request) -> Any:
        up = report.uptimes(time.now() - 30 * report.DAY)
        return {"items": [_document(check, up) for check in checks().order_by("id").get(Check)]}

    @route("api-show-check")
    def api_show_check(self, request: Request) -> Any:
        return _document(check_of(request.params["id"]))

    @route("api-list-results")
    def api_list_results(self, request: Request) -> Any:
        """Newest first; `before` is the `next` of the page before."""
        asked = table("results").filter(check_id=check_of(request.params["id"]).id)
        before = request.query.get("before", "")
        if before:
            if not before.isascii() or not before.isdigit():
                raise Problem(422, "'before' is the 'next' of a page.")
            asked = asked.where("id", "<", int(before))
        rows = asked.order_by("-id").limit(101).get(dict)
        return {"items": rows[:100], "next": rows[99]["id"] if len(rows) > 100 else None}

    @route("api-list-incidents")
    def api_list_incidents(self, request: Request) -> Any:
        return {"items": report.incidents(limit=100, only_open=request.query.get("open") in ("1", "true"))}

    @route("api-add-check")
    def api_add_check(self, request: Request) -> Response:
        return Response.json(_document(form.add(_body(request))), 201)

    @route("api-change-check")
    def api_change_check(self, request: Request) -> Any:
        check, given = check_of(request.params["id"]), _body(request)
        paused = given.pop("paused", check.paused)
        if not isinstance(paused, bool):
            raise Problem.invalid({"paused": "Must be true or false."})
        if given:
            check = form.change(check, given)
        return _document(form.pause(check, paused))

    @route("api-run-check")
    def api_run_check(self, request: Request) -> Response:
        return Response.json({"task": _run(check_of(request.params["id"]))}, 202)

    @route("api-delete-check")
    def api_delete_check(self, request: Request) -> Response:
        _delete(check_of(request.params["id"]))
        return Response.empty()


def _may_be_listed(entry: str) -> bool:
    place = Place.parse(entry)
    return place is not None and place.scheme in (None, "http", "https") and 0 < place.port < 65536


def _is_reachable(check: Check) -> bool:
    place = Place.parse(check.target)
    return place is not None and is_listed(place)


def _reach(entry: str, seconds: float) -> None:
    """Asks a host of the settings for anything; a problem that names it where nothing comes of it."""
    place = Place.parse(entry)
    if place is None:
        raise Problem.invalid({"hosts": translate("hosts-wrong", entry=entry[:100])})
    try:
        if place.scheme is None:
            probe.connect(place.host, place.port, seconds)
            return
        answer = http.Client(entry, timeout=seconds, retries=0).get(headers={"accept": "*/*"})
    except Problem as problem:
        raise Problem(problem.code, translate("test-failed", entry=entry, why=problem.message)) from None
    if answer.status >= 500 or answer.status == 429:
        log.warning("test-connection", entry, answer.status)
        raise Problem(503, translate("test-status", entry=entry, status=str(answer.status)))


def _page(request: Request) -> int:
    text = request.query.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _form_page(id: int | None, values: Any, problem: Problem | None = None) -> View:
    errors = [] if problem is None else [{"field": field, "message": message} for field, message in problem.errors]
    if problem is not None and not errors:
        errors = [{"field": "", "message": problem.message}]
    shown = {"form": {name: values.get(name) for name in form.RULES}, "errors": errors, "id": id}
    return View("admin_area/edit", {**shown, "kinds": report.labels("kind", form.KINDS), "hosts": listed()})


def _saved(id: int | None, request: Request, save: Any) -> Response:
    """The check's page, or the form again with what was typed and what is wrong with it."""
    try:
        return _shown(save())
    except Problem as problem:
        if problem.code not in (409, 422):
            raise
        view = _form_page(id, request.form, problem)
        return Response.view(view.template, view.data, problem.code)


def _shown(check: Check) -> Response:
    return Response.redirect(f"checks/{check.id}")


def _run(check: Check) -> str:
    if check.paused:
        raise Problem.conflict(translate("is-paused"))
    return rounds.queue(check)


def _delete(check: Check) -> None:
    """With its results, totals and incidents."""
    checks().filter(id=check.id).delete()
    log.info("delete", check.target, {"name": check.name})


def _body(request: Request) -> dict[str, Any]:
    given: Any = request.json()
    if not isinstance(given, dict):
        raise Problem(422, "The body must be a JSON object.")
    if unknown := sorted(set(given) - {*form.RULES, "paused"}):
        raise Problem.invalid({unknown[0]: "There is no such field."})
    return given


def _document(check: Check, up: dict[int, float] | None = None) -> dict[str, Any]:
    shown = {**asdict(check), "state": report.shown_state(check)}
    return shown if up is None else {**shown, "uptime_30d": up.get(check.id)}
