"""The environment of the templates: each is compiled once for each language, as Python that does less (DECISIONS, 60).

What is taken over here of Jinja is private to it: tests/pages/test_templates.py compares our pages with its own, and
says it first when a new version does otherwise.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from experiments.words import straight

from .i18n import OF_LANGUAGE, lang


class Straight(Template):
    """A page shows none of the signs that turn the writing round, whenever what holds one was recorded: what was signed
    stays as it is, and a title would reverse what stands beside it.
    """

    def render(self, *args: Any, **known: Any) -> str:
        return straight(super().render(*args, **known))


class InOneLanguage(NodeTransformer):
    """A template as it is compiled for a language: what hangs on nothing else is a constant of it.

    Its sentences, and the addresses of the menu: a sheet has seventy-five of the first, looked for each time otherwise.
    """

    def __init__(self, known: MutableMapping[str, Any]) -> None:
        self._known = known

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802 - Jinja's
        """« {{ a if b }} » writes nothing without b: Jinja makes an object to say so."""
        self.generic_visit(node)
        for child in node.nodes:
            if isinstance(child, nodes.CondExpr) and child.expr2 is None:
                child.expr2 = nodes.Const("", lineno=child.lineno)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - Jinja's
        self.generic_visit(node)
        function = self._known.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        written = [one.value for one in node.args if isinstance(one, nodes.Const)]
        whole = len(written) == len(node.args) and not node.dyn_args and not node.dyn_kwargs
        if function is None or not hasattr(function, OF_LANGUAGE) or not whole:
            return node
        said = nodes.Const(function(*written), lineno=node.lineno)
        if not node.kwargs:
            return said
        # What a sentence is filled with is known later.
        values = [nodes.Pair(nodes.Const(one.key), one.value, lineno=node.lineno) for one in node.kwargs]
        return nodes.Mod(said, nodes.Dict(values), lineno=node.lineno)


class Brief(CodeGenerator):
    """Templates as Python that does less: a sheet shows some five hundred values, by a hundred and sixty calls.

    What is escaped already, or has nothing to escape, is written as it is. What is called is called: no function of
    these templates asks for the context, which Jinja looks for at each call. An attribute is read on the spot, and the
    environment asked only where there is none.

    The names that this gives to values are those of no template: Jinja puts a prefix before theirs.
    """

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("special = environment.special")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - Jinja's
        if node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in (*node.args, *node.kwargs):
            self.visit(given, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's
        self.write("(found if (found := getattr((held := ")
        self.visit(node.node, frame)
        name = repr(node.attr)
        self.write(f"), {name}, missing)) is not missing else environment.getattr(held, {name}))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._is_escaped(frame):
            self.write("(shown if (kind := (shown := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._is_escaped(frame):
            self.write(").__class__) is Markup or (kind is str and not special(shown)) else escape(shown))")
        else:
            super()._output_child_post(node, frame, finalize)

    def _is_escaped(self, frame: Frame) -> bool:
        return bool(frame.eval_ctx.autoescape and not frame.eval_ctx.volatile)


class Templates(Environment):
    """Those of the application, in the language of the page."""

    special = re.compile("[&<>\"']").search
    """Finds what HTML would take for its own, as markupsafe has it."""
    template_class = Straight
    code_generator_class = Brief

    def __init__(self, *args: Any, **options: Any) -> None:
        # What is compiled is kept below, by language.
        super().__init__(*args, cache_size=0, **options)
        self._held: dict[tuple[str, str], Template] = {}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - Jinja's
        """A template is found by its name, in the language of the page: a page asks for some thirty."""
        found = self._held.get(place := (lang(), name))
        if found is None or (self.auto_reload and not found.is_up_to_date):
            found = self._held[place] = super()._load_template(name, globals)
        return found

    # Jinja compiles what it has just loaded: in the language of the page that asked for it.
    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        return super()._generate(InOneLanguage(self.globals).visit(source), *args, **options)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary for all templates. Nobody gives globals to one alone: Jinja would lay an empty one over it,
        and walk both at each import, each include, each page.
        """
        return super().make_globals(d) if d else self.globals
