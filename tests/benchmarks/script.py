"""The ten lines that a start is compared with: Falcon, waitress, one page from a file."""

import sys
from pathlib import Path

import falcon
import waitress


class Page:
    """One page."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The page as it is."""
        resp.data = Path(sys.argv[2]).read_bytes()


if __name__ == "__main__":
    app = falcon.App()
    app.add_route("/cdrs", Page())
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]))
