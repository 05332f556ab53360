"""What `caisson module build` runs while it makes a component: imports the author's module, and tells what is wrong in one line.

The builder reads the line that begins with `caisson-build:`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Iterator

from caisson.module import Module, kind_of_module, the_module

#: What the manifest declares, what that is in words, how a function says that it is for it, and of which kinds it is.
_DECLARED = (
    ("tabs", "the tab", "tab", "tab"),
    ("actions", "the action", "action", "action"),
    ("buttons", "the button", "button", "button"),
    ("routes", "the route", "route", "route"),
    ("jobs", "a schedule for", "job", "job"),
    ("events", "the event", "on", "event"),
)


#: Where the interpreter finds what is loaded into it, in place of what it was started from.
_LATER = {"/0": "/src", "/2": "/packages"}


def keep(folder: str) -> None:
    """Ends the start without a module: copies the interpreter's own files into `folder`, for modules that import more of them."""
    for name in ("python", "world", "bundled"):
        for below, folders, files in os.walk(f"/{name}"):
            folders[:] = [one for one in folders if one != "__pycache__"]
            os.makedirs(folder + below, exist_ok=True)
            for file in files:
                with open(f"{below}/{file}", "rb") as source, open(f"{folder}{below}/{file}", "wb") as copy:
                    copy.write(source.read())
    sys.path[:] = [_LATER.get(path, path) for path in sys.path]
    sys.path_importer_cache.clear()


def load(name: str, declared: str) -> None:
    """Imports the module `name`, whose manifest declares `declared` as JSON."""
    if name in sys.stdlib_module_names:
        _tell(f"Python has a module '{name}' of its own; give the project in pyproject.toml another name.")
        raise ImportError(name)
    try:
        importlib.import_module(name)
        module = the_module()
    except BaseException as error:
        file, line = _place(error)
        _tell(_words(error), file, line)
        raise
    for sentence in missing(module, kind_of_module(), json.loads(declared)):
        _tell(sentence)
        raise TypeError(sentence)


def missing(module: Module, kind: str, declared: dict[str, list[str] | str]) -> Iterator[str]:
    """What the manifest promises and the module does not have, each as a sentence."""
    if declared["type"] != kind:
        yield f'module.toml says type = "{declared["type"]}", and {type(module).__name__} is a @{kind}.'
    for key, words, decorator, what in _DECLARED:
        for one in declared[key]:
            if module._find(what, one) is None:
                yield f"module.toml declares {words} '{one}', and no function of {type(module).__name__} has @{decorator}(\"{one}\")."


def _tell(message: str, file: str = "", line: int = 0) -> None:
    told = json.dumps({"file": file, "line": line, "message": message})
    print(f"caisson-build: {told}", file=sys.stderr, flush=True)


def _words(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    return "".join(traceback.format_exception_only(error)).strip().replace("\n", " ")


def _place(error: BaseException) -> tuple[str, int]:
    """Where it went wrong: the author's own line that is closest to it, or the line that does not parse."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith("/src/")]
    return (own[-1].filename, own[-1].lineno or 0) if own else ("", 0)
