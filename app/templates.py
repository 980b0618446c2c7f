"""The environment of the templates: one dictionary of what they all know, and no page that turns its words round."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame

from experiments.words import straight


class Straight(Template):
    """A page shows none of the signs that turn the writing round, whenever what holds one was recorded: what was signed
    stays as it is, and a title would reverse what stands beside it.
    """

    def render(self, *args: Any, **known: Any) -> str:
        return straight(super().render(*args, **known))


class Brief(CodeGenerator):
    """Templates as Python that does less: the sheet of an experiment shows six hundred values, by two hundred calls.

    What is escaped already is written as it is. What is called is called: no function of these templates asks for the
    context, which Jinja looks for at each call.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in (*node.args, *node.kwargs):
            self.visit(given, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._is_escaped(frame):
            self.write("(shown if (shown := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._is_escaped(frame):
            self.write(").__class__ is Markup else escape(shown))")
        else:
            super()._output_child_post(node, frame, finalize)

    def _is_escaped(self, frame: Frame) -> bool:
        return bool(frame.eval_ctx.autoescape and not frame.eval_ctx.volatile)


class OneDictionary(Environment):
    """Jinja lays over it another that stays empty here, and walks both at each import, each include, each page.

    Nobody gives globals to one template alone: they are all those of the application.
    """

    template_class = Straight
    code_generator_class = Brief

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._held: dict[str, Template] = {}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - Jinja's
        """A template that does not change under a server is found by its name alone: a page asks for some thirty."""
        if self.auto_reload:
            return super()._load_template(name, globals)
        if name not in self._held:
            self._held[name] = super()._load_template(name, globals)
        return self._held[name]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals
