from .about import (
    AboutPage,
    AddedMission,
    CharterTheme,
    FiguresPage,
    Finding,
    HistoryPage,
    Milestone,
    MissionPage,
    NetworkPage,
    Partner,
    Statement,
    Strength,
    StrengthsPage,
    VocationPage,
)
from .accounts import LoginFailure
from .base import SitePage
from .contact import ContactPage
from .districts import District
from .events import EventDate, EventIndexPage, EventPage
from .figures import FigureValue, KeyFigure
from .generation import Generation
from .glossary import GlossaryTerm
from .home import HomeActivity, HomeDoor, HomePage
from .jobs import EmploymentWay, JobOfferPage, JobsPage
from .languages import LanguagePage
from .legal import LegalPage
from .media import Rendition, SiteDocument, SiteImage
from .messages import Message, OutgoingMail, Recipient, WorkerRun
from .neighbourhood import NeighbourhoodPage, ParticipationWay
from .news import NewsIndexPage, NewsPage
from .organisation import Organisation, SocialLink
from .search import IndexUpdate, SearchWord, UnknownWord
from .services import BuyersPage, Comparison, Reason, ServicePage, ServicesIndexPage, ServiceTask
from .simple import SimplePage
from .standard import StandardPage
