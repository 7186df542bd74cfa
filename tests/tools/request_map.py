"""Prints the files of the package that a request passes, in order: `python tests/tools/request_map.py [--functions]`.

Each request is the first one of a fresh process, answered by the WSGI app without a socket, over a call that was added
before: what makes calls up is not on the way. With `--functions` each file is followed by its functions.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
REQUESTS = {"A first `GET /cdrs`": "", "A first `GET /cdrs` that a fault changes": "mock.fail(status=503)"}
_MEASURE = """
import json, sys
from pathlib import Path
import mockcdrs
from falcon import testing

package, passed = Path(mockcdrs.__file__).parent, {{}}

def note(frame, event, _):
    code = frame.f_code
    if event == "call" and code.co_filename.startswith(str(package)) and not code.co_name.startswith("<"):
        passed.setdefault(str(Path(code.co_filename).relative_to(package.parent)), {{}})[code.co_qualname] = True

with mockcdrs.serving() as mock:
    mock.clear()
    mock.add_call()
    {preparation}
    environ = testing.create_environ(
        f"/v2/accounts/{{mock.account_id}}/cdrs", headers={{"X-Auth-Token": mock.auth_token, "Accept": "*/*"}}
    )
    app = mock.wsgi_app
    sys.setprofile(note)
    for _ in app(environ, lambda *_: None):
        pass
    sys.setprofile(None)
print(json.dumps({{path: list(functions) for path, functions in passed.items()}}))
"""


def passed_by(preparation: str) -> dict[str, list[str]]:
    """The files that a request passes, in the order in which it comes to them, each with its functions."""
    script = _MEASURE.format(preparation=preparation or "pass")
    # whatever measures coverage in child processes would take the profile's place
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    files: dict[str, list[str]] = json.loads(process.stdout)
    return files


def first_sentence(path: str) -> str:
    """What a module's docstring says first."""
    docstring = (ROOT / path).read_text(encoding="utf-8").partition('"""')[2].partition('"""')[0]
    return docstring.partition("\n")[0].strip()


def lines(with_functions: bool) -> Iterator[str]:
    """The way of each request, as Markdown."""
    for title, preparation in REQUESTS.items():
        files = passed_by(preparation)
        functions = sum(map(len, files.values()))
        yield f"{title} passes {len(files)} files and {functions} functions, in this order:\n"
        yield "| file | what it is |\n| --- | --- |"
        for path, names in files.items():
            further = f" Functions: {', '.join(names)}." if with_functions else ""
            yield f"| `{path}` | {first_sentence(path)}{further} |"
        yield ""


if __name__ == "__main__":
    print("\n".join(lines("--functions" in sys.argv)).strip())  # noqa: T201 its only output
