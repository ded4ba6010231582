from __future__ import annotations

from pathlib import Path

from kg import errors


def test_an_error_is_one_line_with_file_line_and_hint() -> None:
    error = errors.DossierError("no label\nhere", file=Path("facts/x.ttl"), line=7, hint="add one")
    assert str(error) == "facts/x.ttl:7: no label here (add one)"


def test_every_error_is_a_kg_error_and_drawn_in_the_docstring() -> None:
    kinds = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    for kind in kinds:
        assert issubclass(kind, errors.KgError)
        assert kind.__name__ in (errors.__doc__ or "")


def test_suggestions_stand_in_the_message() -> None:
    assert "did you mean Kim Jong Un, Kim Jong Il?" in str(errors.NotFoundError("Kim Jon", ["Kim Jong Un", "Kim Jong Il"]))
