"""The limits of form. A rule takes text or a tree and gives its faults, so that a test can break it."""

import ast
import re
from collections.abc import Iterator

LINES_SOFT = 250
LINES_HARD = 400
FUNCTION_LINES = 70
PARAMETERS = 5
KERNEL_PARAMETERS = 8  # a kernel takes columns, and numba unpacks no dataclass
COMMAND_PARAMETERS = 10  # as many as `backorder quote` has: they are its documented options
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "managers", "manager", "misc"}

# One letter of each in brackets, so that this file does not hold what it forbids.
LEFT_BEHIND = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:wor[k]|op[t]|roo[t]|hom[e]|User[s]|mn[t])/\w")
REGISTRY = re.compile(
    r"files\.pythonhoste[d]|pypi\.org/simpl[e]|registry\.npmj[s]|file:/[/]/"
    r"|^\s*--(?:extra-)?index-ur[l]|^\s*--find-link[s]",
    re.MULTILINE,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.Module) -> Iterator[Function]:
    """Walk all functions and methods, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def long_functions(tree: ast.Module) -> list[str]:
    """Name the functions that do not fit on a screen."""
    lengths = {(node.lineno, node.name): (node.end_lineno or 0) - node.lineno + 1 for node in functions(tree)}
    return [
        f"{line}: {function} has {length} lines, the limit is {FUNCTION_LINES}"
        for (line, function), length in lengths.items()
        if length > FUNCTION_LINES
    ]


def wide_functions(tree: ast.Module) -> list[str]:
    """Name the functions with more parameters than they may have."""
    return [
        f"{node.lineno}: {node.name} has {count} parameters, the limit is {limit}"
        for node in functions(tree)
        if (count := count_parameters(node)) > (limit := most_parameters(node))
    ]


def count_parameters(function: Function) -> int:
    """Count what a caller may give: `self` and `cls` are not given."""
    listed = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return len([parameter for parameter in listed if parameter.arg not in {"self", "cls"}])


def most_parameters(function: Function) -> int:
    """Look up the limit: kernels and commands may have more."""
    decorators = {decorator_name(decorator) for decorator in function.decorator_list}
    if decorators & {"kernel", "array_kernel"}:
        return KERNEL_PARAMETERS
    if decorators & {"command", "callback"}:
        return COMMAND_PARAMETERS
    return PARAMETERS


def decorator_name(decorator: ast.expr) -> str:
    """Take the last word: `command` of `@app.command(name="plan")`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).rpartition(".")[2]


def found(pattern: re.Pattern[str], text: str) -> list[str]:
    """Name the lines on which a pattern stands."""
    return [
        f"{text.count(chr(10), 0, hit.start()) + 1}: {hit.group().strip()}" for hit in pattern.finditer(text)
    ]
