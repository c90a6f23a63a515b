"""The models of the machine room, which Django finds here."""

from .accounts.attempts import Attempt
from .mail.outbox import OutgoingMail
from .operations.worker import WorkerRun
from .serving.state import Generation
