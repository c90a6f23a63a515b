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
    Statement,
    Strength,
    StrengthsPage,
    VocationPage,
)
from .contact import ContactPage
from .events import EventIndexPage, EventPage
from .home import HomeActivity, HomeDoor, HomePage, StandardPage
from .jobs import EmploymentWay, JobOfferPage, JobsPage
from .legal import LegalPage
from .media import Rendition, SiteDocument, SiteImage
from .messages import DueRun, Message, OutgoingMail, Recipient
from .neighbourhood import NeighbourhoodPage, ParticipationWay
from .news import NewsIndexPage, NewsPage
from .search import IndexUpdate
from .services import BuyersPage, Comparison, Reason, ServicePage, ServicesIndexPage, ServiceTask
from .site import District, FigureValue, GlossaryTerm, KeyFigure, Organisation, SocialLink
