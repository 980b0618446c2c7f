"""The tables of the register: facts only. The rules are in requirements.py and lifecycle.py."""

from ..base import Base
from ..people import Attempt, Person, SignIn, Token
from .experiment import Counter, Experiment, Submission, WrittenPart
from .involvement import Involvement, Opinion
from .judgement import Decision, Evaluation
from .ledger import Disclosure, Entry

__all__ = [
    "Attempt", "Base", "Counter", "Decision", "Disclosure", "Entry", "Evaluation", "Experiment", "Involvement",
    "Opinion", "Person", "SignIn", "Submission", "Token", "WrittenPart",
]  # fmt: skip
