"""YAML files read into closed models, with errors that name file, place and cure."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from lingqu.errors import ContractError


class ClosedModel(BaseModel):
    """A part of a YAML file: frozen, and closed to unknown settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)
Problem = tuple[tuple[int | str, ...], str]


class _UniqueKeyLoader(yaml.CSafeLoader):
    """Refuses a setting written twice, which YAML would silently take the last of."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"{key.value!r} is written twice; keep one"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Return the file as the model; raise ContractError naming file, place, cause and cure."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ContractError(f"{path}: the file is missing; write it") from error
    except OSError as error:
        raise ContractError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}: not UTF-8 text ({error}); save it as UTF-8") from error
    return parse_yaml(text, model, str(path))


def parse_yaml(text: str, model: type[Model], place: str) -> Model:
    """Return the text as the model; `place` begins the sentence of an error."""
    found, problems = yaml_problems(text, model)
    if found is None:
        raise ContractError(f"{place}: {problems[0][1]}")
    return found


def yaml_problems(text: str, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Return the text as the model, or None and all that is wrong: the path of each, a sentence."""
    try:
        document = yaml.load(text, _UniqueKeyLoader)  # noqa: S506 - a safe one, in C
    except yaml.YAMLError as error:
        return None, [((), _syntax(error))]
    if not isinstance(document, dict):
        return None, [((), "holds no settings; write one `name: value` a line")]
    try:
        return model.model_validate(document), []
    except ValidationError as error:
        return None, [(one["loc"], _sentence(one, model)) for one in error.errors()]


def nearest(name: str, known: list[str]) -> str:
    """Return the cure for a name nobody knows: the nearest known one, or all there are."""
    close = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def _syntax(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    if mark is None:
        return f"not YAML: {problem}"
    return f"line {mark.line + 1}, column {mark.column + 1}: not YAML: {problem}"


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        return f"unknown setting {where!r}; {nearest(name, _known(model, error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"the setting {where!r} is missing; add it"
    return f"{where}: {error['msg']}, not {error['input']!r}"


def _known(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Return the settings known at that place, by walking the model as the error did."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_of(model.model_fields[part].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_of(each) for each in getattr(annotation, "__args__", ()))
    return next((each for each in inner if each), None)
