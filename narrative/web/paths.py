"""Where templates and static files lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def resource_dir(name: str) -> Path:
    """Return the folder `name` ('templates' or 'static').

    Raises FileNotFoundError when the installation is broken and has it in neither place.
    """
    for folder in (PACKAGE.parent / name, PACKAGE / name):
        # A folder of the same name beside an installed package belongs to somebody else.
        if folder.is_dir() and (folder.parent == PACKAGE or (PACKAGE.parent / "pyproject.toml").is_file()):
            return folder
    raise FileNotFoundError(f"the folder {name!r} is missing from this installation of narrative")
