"""Answers calls, one JSON line each: {"call": "module.function", "arguments": {...}} gives {"result": ...} or {"error": "..."}.

Libraries may print: what they write to standard output goes to standard error, so that answers stay alone on their stream.
"""

import importlib
import json
import os
import sys
import traceback


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        print(answer(json.loads(line)), file=answers, flush=True)


def answer(request: dict) -> str:
    module, function = request["call"].split(".")
    try:
        result = getattr(importlib.import_module(module), function)(**request["arguments"])
        return json.dumps({"result": result}, allow_nan=False)
    except Exception as error:
        traceback.print_exc()
        return json.dumps({"error": f"{type(error).__name__}: {error}"})


main()
