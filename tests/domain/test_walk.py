"""The walk: people edit, wait, and push files through gates at random; some things stay true all along."""

import json
import os
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import Database, upgrade
from experiments import audit, editing, gates, queries
from experiments import declared as d
from experiments import reported as r
from experiments.content import Content
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment
from experiments.parts import PARTS
from experiments.trace import entries_of
from experiments.vocabulary import OpinionKind, OpinionSense, Outcome, Part, Status
from tests import people
from tests.builders import BREAKS, TODAY, Scene, an_experiment, answers_for, complete, noon
