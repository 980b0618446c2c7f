"""The tables of the register: facts only. The rules are in requirements.py and lifecycle.py."""

from ..base import Base
from ..people import Absence, Attempt, Person, SignIn, Token
from .deadline import Deadline
from .experiment import Counter, Experiment, Submission, WrittenPart
from .involvement import Involvement, Opinion
from .judgement import Decision, Evaluation
from .ledger import Disclosure, Entry
from .post import Mail, Notice, Pulse, Reminder
from .register import Register

__all__ = [
    "Absence", "Attempt", "Base", "Counter", "Deadline", "Decision", "Disclosure", "Entry", "Evaluation", "Experiment",
    "Involvement", "Mail", "Notice", "Opinion", "Person", "Pulse", "Register", "Reminder", "SignIn", "Submission", "Token",
    "WrittenPart",
]  # fmt: skip
