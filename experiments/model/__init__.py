"""The tables of the register: facts only. The rules are in requirements.py and lifecycle.py."""

from ..base import Base
from ..people import Absence, Attempt, Person, SignIn, Token
from .deadline import Deadline
from .experiment import Counter, Experiment, Submission, WrittenPart
from .involvement import Involvement, Opinion
from .judgement import Decision, Evaluation
from .ledger import Disclosure, Entry
from .post import Mail, Notice, Pulse, Reminder
from .publication import Publication, public_deadlines
from .register import Register
from .reply import Reply
from .tally import Tally
from .voice import Follower, Following, Knock, Refusal, Voice, public_voices
from .webhook import Arrival, Delivery, Webhook

__all__ = [
    "Absence", "Arrival", "Attempt", "Base", "Counter", "Deadline", "Decision", "Delivery", "Disclosure", "Entry",
    "Evaluation", "Experiment", "Follower", "Following", "Involvement", "Knock", "Mail", "Notice", "Opinion",
    "Person", "Publication", "Pulse", "Refusal", "Register", "Reminder", "Reply", "SignIn", "Submission", "Tally",
    "Token", "Voice", "Webhook", "WrittenPart", "public_deadlines", "public_voices",
]  # fmt: skip
