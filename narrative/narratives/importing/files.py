"""Reading a folder of Markdown files, each named after its bucket: what each says, or what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from narrative.narratives.importing.report import UnreadableFile, decode, sort_out
from narrative.narratives.rules import LABELS, LONGEST_TEXT, length_error
from narrative.people.rules import slug_of

LARGEST_FILE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """One file. `rows` are titles that the priorities could have; `error` says why it cannot be used."""

    name: str
    slug: str
    texts: dict[str, str] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    error: str = ""

    @property
    def bucket_name(self) -> str:
        """The name of the bucket that would be made for it."""
        words = Path(self.name).stem.replace("-", " ").replace("_", " ").strip()
        return words[:1].upper() + words[1:]

    @property
    def summary(self) -> str:
        """How long each of the texts is."""
        said = (f"{LABELS[name]} {len(text.split()):,}" for name, text in self.texts.items() if text)
        return f"{', '.join(said) or 'no'} words"


def read_folder(folder: Path) -> list[ReadFile]:
    """Return every .md file in `folder`, by name. Never raises for what is in a file."""
    known: set[str] = set()
    return [_once(read_file(path), known) for path in _paths(folder)]


def passed_over(folder: Path) -> list[str]:
    """Return the names of everything else in `folder`."""
    taken = {path.name for path in _paths(folder)}
    return sorted(path.name for path in folder.iterdir() if path.name not in taken and path.name[0] != ".")


def read_file(path: Path) -> ReadFile:
    """Return what one file says."""
    read = ReadFile(name=path.name, slug=slug_of(path.stem))
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            return replace(read, error=f"it has {size:,} bytes; a narrative may have {LARGEST_FILE:,}")
        imported = sort_out(decode(path.read_bytes()))
    except UnreadableFile as problem:
        return replace(read, error=str(problem))
    except OSError as problem:
        return replace(read, error=f"it cannot be read: {problem.strerror}")
    errors = [length_error(LABELS[name], text, LONGEST_TEXT) for name, text in imported.texts.items()]
    if not any(text.strip() for text in imported.texts.values()):
        errors.append("it says nothing")
    error = next((one for one in errors if one), "")
    decisions = tuple(imported.decisions)
    return replace(read, texts=imported.texts, rows=imported.rows, decisions=decisions, error=error)


def _paths(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".md" and path.is_file())


def _once(file: ReadFile, known: set[str]) -> ReadFile:
    if file.slug in known:
        return replace(file, error="another file belongs to the same bucket")
    known.add(file.slug)
    return file
