"""Counts who looks at its page."""

from caisson import PluginModule, Request, View, plugin, route, schema, table


def columns(t: schema.Blueprint) -> None:
    t.id()
    t.text("page")
    t.timestamps()


@plugin
class __Type__(PluginModule):
    def activate(self) -> None:
        schema.create("visits", columns)

    @route("home")
    def home(self, request: Request) -> View:
        table("visits").insert({"page": request.path})
        return View("admin_area/home", {"visits": table("visits").count()})
