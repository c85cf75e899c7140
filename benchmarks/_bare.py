"""A bare Flask application: one view that returns constant bytes, the bytes of the file in BENCH_PAGE."""

import os
from pathlib import Path

from flask import Flask, Response

app = Flask("bare")
page = Path(os.environ["BENCH_PAGE"]).read_bytes()


@app.get("/")
def show() -> Response:
    """The bytes."""
    return Response(page, content_type="text/html; charset=utf-8")
