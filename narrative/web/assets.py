"""Static files: read and compressed once, served under the hash of all of them.

One hash for the whole folder, not one a file, so that modules find each other by relative paths.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from narrative.web.access import access
from narrative.web.paths import resource_dir

YEAR = 365 * 24 * 3600
CLIENT_LIST = "js/manifest.json"
COMPRESSED = ("text/", "image/svg+xml", "application/json")

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One static file as it is sent: plain and compressed."""

    mimetype: str
    plain: bytes
    compressed: bytes | None


def load_assets(folder: Path) -> dict[str, Asset]:
    """Return every file under `folder` by its path relative to it, with forward slashes."""
    assets = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            assets[path.relative_to(folder).as_posix()] = _load(path)
    return assets


def _load(path: Path) -> Asset:
    plain = path.read_bytes()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    worth_it = mimetype.startswith(COMPRESSED) or mimetype.endswith("javascript")
    return Asset(mimetype, plain, gzip.compress(plain, 9, mtime=0) if worth_it else None)


def fingerprint(assets: dict[str, Asset]) -> str:
    """Return a short hash over all names and contents."""
    digest = hashlib.sha256()
    for name, asset in assets.items():
        digest.update(f"{name}\0{len(asset.plain)}\0".encode())
        digest.update(asset.plain)
    return digest.hexdigest()[:16]


def register(app: Flask) -> None:
    """Load the static folder into `app` and give templates `asset_url(path)`."""
    assets = load_assets(resource_dir("static"))
    version = fingerprint(assets)
    app.extensions["narrative.assets"] = (version, assets)

    def asset_url(path: str) -> str:
        if path not in assets:
            raise LookupError(f"no static file named {path!r}")
        return url_for("assets.show", version=version, path=path)

    app.add_template_global(asset_url)
    app.register_blueprint(blueprint)


def client_hash() -> str:
    """Return the SHA-256 in hex of the published list of the pass client's modules, as it is served."""
    _version, assets = current_app.extensions["narrative.assets"]
    served: Asset = assets[CLIENT_LIST]
    return hashlib.sha256(served.plain).hexdigest()


@blueprint.get("/static/<version>/<path:path>")
@access("public")
def show(version: str, path: str) -> Response:
    """Send one static file; for a year if it was asked for under its present hash."""
    current, assets = current_app.extensions["narrative.assets"]
    asset = assets.get(path)
    if asset is None:
        abort(404)
    packed = asset.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    body = asset.compressed if packed else asset.plain
    response = Response(body, content_type=_content_type(asset.mimetype))
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    fresh = version == current
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if fresh else "no-cache"
    return response


def _content_type(mimetype: str) -> str:
    textual = mimetype.startswith("text/") or mimetype.endswith("javascript")
    return f"{mimetype}; charset=utf-8" if textual else mimetype
